// Checks a Pulumi schema with Pulumi's own binder and makes the SDKs for Node.js and Python from it.
// usage: sdk SCHEMA [FOLDER]; without FOLDER it checks only.
// usage: sdk SCHEMA TYPE NAME < INPUTS; prints the TypeScript that pulumi import writes for such a resource.
// Exit codes: 0 fine, 1 the schema is not.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/blang/semver"
	nodejs "github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/pcl"
	python "github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/pkg/v3/importer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 1 || len(args) > 3 {
		return fmt.Errorf("usage: sdk SCHEMA [FOLDER | TYPE NAME]")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return err
	}
	pkg, diagnostics, err := schema.BindSpec(spec, alone{nil}, schema.ValidationOptions{AllowDanglingReferences: false})
	for _, each := range diagnostics {
		fmt.Fprintln(os.Stderr, each.Error())
	}
	if err != nil {
		return err
	}
	if diagnostics.HasErrors() {
		return fmt.Errorf("the schema is not valid")
	}
	if len(args) == 3 {
		return printProgram(pkg, args[1], args[2])
	}
	fmt.Printf("%d resources, %d functions, %d types\n", len(pkg.Resources), len(pkg.Functions), len(pkg.Types))
	if len(args) == 1 {
		return nil
	}
	node, err := nodejs.GeneratePackage("pulumi-virsh", pkg, nil, nil, false, alone{nil})
	if err != nil {
		return err
	}
	if err := write(filepath.Join(args[1], "nodejs"), node); err != nil {
		return err
	}
	py, err := python.GeneratePackage("pulumi-virsh", pkg, nil, alone{nil})
	if err != nil {
		return err
	}
	return write(filepath.Join(args[1], "python"), py)
}

func printProgram(pkg *schema.Package, kind, name string) error {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	var inputs map[string]any
	if err := json.Unmarshal(text, &inputs); err != nil {
		return err
	}
	urn := resource.URN("urn:pulumi:dev::test::" + kind + "::" + name)
	state := &resource.State{
		Type: tokens.Type(kind), URN: urn, Custom: true, ID: "id", Inputs: resource.NewPropertyMapFromMap(inputs),
		Provider: "urn:pulumi:dev::test::pulumi:providers:virsh::default::id",
	}
	print := func(w io.Writer, program *pcl.Program) error {
		files, diagnostics, err := nodejs.GenerateProgram(program)
		if err != nil {
			return err
		}
		if diagnostics.HasErrors() {
			return diagnostics
		}
		for _, file := range files {
			if _, err := w.Write(file); err != nil {
				return err
			}
		}
		return nil
	}
	provider := &resource.State{
		Type: "pulumi:providers:virsh", URN: "urn:pulumi:dev::test::pulumi:providers:virsh::default", Custom: true, ID: "id",
	}
	snapshot := []*resource.State{provider, state}
	names := importer.NameTable{urn: name}
	return importer.GenerateLanguageDefinitions(os.Stdout, alone{pkg}, print, snapshot[1:], snapshot, names)
}

// Loads the one package that there is: the schema refers to no other.
type alone struct{ pkg *schema.Package }

func (loader alone) LoadPackage(name string, _ *semver.Version) (*schema.Package, error) {
	if loader.pkg != nil && name == loader.pkg.Name {
		return loader.pkg, nil
	}
	return nil, fmt.Errorf("the schema refers to the package %s", name)
}

func (loader alone) LoadPackageV2(_ context.Context, of *schema.PackageDescriptor) (*schema.Package, error) {
	return loader.LoadPackage(of.Name, of.Version)
}

func (loader alone) LoadPackageReference(name string, version *semver.Version) (schema.PackageReference, error) {
	pkg, err := loader.LoadPackage(name, version)
	if err != nil {
		return nil, err
	}
	return pkg.Reference(), nil
}

func (loader alone) LoadPackageReferenceV2(
	_ context.Context, of *schema.PackageDescriptor,
) (schema.PackageReference, error) {
	return loader.LoadPackageReference(of.Name, of.Version)
}

func write(folder string, files map[string][]byte) error {
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
