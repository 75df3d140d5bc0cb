/*
 * From multiboot's 32-bit entry to C in 64-bit user mode (ring 3).
 *
 * User mode, because some KVM hosts (nested ones without hardware virtualisation) emulate a guest's ring 0
 * instruction by instruction but run ring 3 at full speed. All memory below 4 GiB is mapped one to one and
 * open to user mode; a task state segment with an empty permission bitmap opens all I/O ports.
 */
#define MULTIBOOT_MAGIC 0x1BADB002
#define MULTIBOOT_HAS_ADDRESSES 0x00010000
#define PRESENT_WRITABLE_USER 0x07
#define LARGE_PAGE 0x80
#define EFER 0xC0000080
#define EFER_LONG_MODE 0x100
#define CR0_PAGING_AND_PROTECTION 0x80000001
#define CR4_PAE 0x20
#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
#define USER_DATA (0x18 | 3)
#define USER_CODE (0x20 | 3)
#define TASK 0x30
#define TASK_SIZE 104
#define PORTS_SIZE 8192
#define STACK_SIZE 16384
#define GATES_SIZE 4096
#define INTERRUPTS 0x20
#define END_OF_INTERRUPT 0x20
#define FLAGS_IOPL_3 0x3002

  .section .multiboot, "a"
  .align 4
header:
  .long MULTIBOOT_MAGIC, MULTIBOOT_HAS_ADDRESSES, -(MULTIBOOT_MAGIC + MULTIBOOT_HAS_ADDRESSES)
  .long header, image_start, image_end, memory_end, start

  .section .text
  .code32
  .globl start
start:
  cli
  mov %ebx, %esi                  /* multiboot's information: kept for guest_main */

  /* 2048 pages of 2 MiB */
  mov $page_directories, %edi
  xor %ecx, %ecx
1:
  mov %ecx, %eax
  shl $21, %eax
  or $(LARGE_PAGE | PRESENT_WRITABLE_USER), %eax
  mov %eax, (%edi, %ecx, 8)
  inc %ecx
  cmp $2048, %ecx
  jne 1b

  mov $directory_pointers, %edi
  mov $(page_directories + PRESENT_WRITABLE_USER), %eax
  mov $4, %ecx
2:
  mov %eax, (%edi)
  add $8, %edi
  add $4096, %eax
  loop 2b
  movl $(directory_pointers + PRESENT_WRITABLE_USER), page_map

  mov $page_map, %eax
  mov %eax, %cr3
  mov %cr4, %eax
  or $CR4_PAE, %eax
  mov %eax, %cr4
  mov $EFER, %ecx
  rdmsr
  or $EFER_LONG_MODE, %eax
  wrmsr
  mov %cr0, %eax
  or $CR0_PAGING_AND_PROTECTION, %eax
  mov %eax, %cr0

  /* the descriptor of the task holds its address in three pieces */
  mov $task, %eax
  mov %ax, descriptors + TASK + 2
  shr $16, %eax
  mov %al, descriptors + TASK + 4
  mov %ah, descriptors + TASK + 7
  movl $(gate_stack + STACK_SIZE), task + 4      /* where a gate that is entered from user mode goes on */
  movw $TASK_SIZE, task + 102                    /* where the bitmap of ports begins */
  movb $0xff, task + TASK_SIZE + PORTS_SIZE      /* and the byte that must end it */

  lgdt descriptors_pointer
  ljmp $KERNEL_CODE, $in_long_mode

  .code64
in_long_mode:
  mov $KERNEL_DATA, %eax
  mov %eax, %ss
  mov $(stack + STACK_SIZE), %rsp
  mov $TASK, %eax
  ltr %ax
  lidt gates_pointer
  mov $USER_DATA, %eax
  mov %eax, %ds
  mov %eax, %es
  mov %esi, %edi                  /* first argument of guest_main */
  pushq $USER_DATA
  pushq $(stack + STACK_SIZE - 8)
  pushq $FLAGS_IOPL_3
  pushq $USER_CODE
  pushq $in_user_mode
  iretq
in_user_mode:
  call guest_main
3:
  jmp 3b

  /* Entered by a hlt in user mode, which is a fault: halts the processor until the timer's next tick. A tick
   * that came before ends the halt at once. */
  .globl fault_gate
fault_gate:
  sti
  hlt
  cli
  add $8, %rsp                    /* the fault's code */
  incq (%rsp)                     /* go on after the hlt, which is one byte */
  iretq

  .globl tick_gate
tick_gate:
  push %rax
  mov $END_OF_INTERRUPT, %al
  out %al, $INTERRUPTS
  pop %rax
  iretq

  .section .data
  .align 16
descriptors:
  .quad 0
  .quad 0x00af9a000000ffff        /* 0x08 kernel code, 64 bit */
  .quad 0x00cf92000000ffff        /* 0x10 kernel data */
  .quad 0x00cff2000000ffff        /* 0x18 user data */
  .quad 0x00affa000000ffff        /* 0x20 user code, 64 bit */
  .quad 0
  .quad 0x0000890000000000 + TASK_SIZE + PORTS_SIZE  /* 0x30 task; its address is filled in above */
  .quad 0
descriptors_end:
descriptors_pointer:
  .word descriptors_end - descriptors - 1
  .long descriptors
gates_pointer:
  .word GATES_SIZE - 1
  .quad gates

  .section .bss
  .align 4096
page_map:
  .skip 4096
directory_pointers:
  .skip 4096
page_directories:
  .skip 4 * 4096
  .globl gates
gates:
  .skip GATES_SIZE
stack:
  .skip STACK_SIZE
gate_stack:
  .skip STACK_SIZE
task:
  .skip TASK_SIZE + PORTS_SIZE + 8

  .section .note.GNU-stack, "", @progbits
