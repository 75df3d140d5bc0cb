import pulumi
import pulumi_virsh as virsh

config = pulumi.Config()

db = virsh.Domain(
    "db",
    name=config.require("name"),
    type=config.require("type"),
    running=True,
    autostart=True,
    memory="256 MiB",
    vcpus=2,
    machine="q35",
    io_threads=2,  # ids 1 and 2
    xml="<domain><description>primary</description></domain>",  # anything else libvirt knows
    force_off=True,  # no operating system in it that would answer the power button
    shutdown_timeout_seconds=1,
)
extra = virsh.IoThread("extra", domain=db.name, poll_max_ns=32768)  # lowest free id
pin = virsh.IoThreadPin(
    "pin", domain=db.name, io_thread=extra.io_thread_id, cpuset=config.require("cpuset")
)
virsh.VirtioDisk(
    "data",
    domain=db.name,
    target="vdb",
    source={"file": config.require("image")},
    format="raw",
    cache="none",
    io="native",
    io_thread=extra.io_thread_id,
)
virsh.VirtioScsiController("scsi0", domain=db.name, index=0, io_thread=2)
virsh.VirtioScsiController("scsi1", domain=db.name, index=1, io_thread=1)

pulumi.export("uuid", db.uuid)
pulumi.export("ioThread", extra.io_thread_id)
pulumi.export("cpusAllowed", pin.cpus_allowed)
pulumi.export("libvirt", virsh.get_host().libvirt_version)
