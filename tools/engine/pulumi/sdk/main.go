// Checks a Pulumi schema with Pulumi's own binder and makes the SDKs for Node.js and Python from it.
// usage: sdk SCHEMA [FOLDER]; without FOLDER it checks only. Exit codes: 0 fine, 1 the schema is not.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/blang/semver"
	nodejs "github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	python "github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return fmt.Errorf("usage: sdk SCHEMA [FOLDER]")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return err
	}
	pkg, diagnostics, err := schema.BindSpec(spec, alone{}, schema.ValidationOptions{AllowDanglingReferences: false})
	for _, each := range diagnostics {
		fmt.Fprintln(os.Stderr, each.Error())
	}
	if err != nil {
		return err
	}
	if diagnostics.HasErrors() {
		return fmt.Errorf("the schema is not valid")
	}
	fmt.Printf("%d resources, %d functions, %d types\n", len(pkg.Resources), len(pkg.Functions), len(pkg.Types))
	if len(args) == 1 {
		return nil
	}
	node, err := nodejs.GeneratePackage("pulumi-virsh", pkg, nil, nil, false, alone{})
	if err != nil {
		return err
	}
	if err := write(filepath.Join(args[1], "nodejs"), node); err != nil {
		return err
	}
	py, err := python.GeneratePackage("pulumi-virsh", pkg, nil, alone{})
	if err != nil {
		return err
	}
	return write(filepath.Join(args[1], "python"), py)
}

// The schema refers to no other package.
type alone struct{}

func (alone) LoadPackage(name string, _ *semver.Version) (*schema.Package, error) {
	return nil, fmt.Errorf("the schema refers to the package %s", name)
}

func (loader alone) LoadPackageV2(_ context.Context, of *schema.PackageDescriptor) (*schema.Package, error) {
	return loader.LoadPackage(of.Name, of.Version)
}

func (loader alone) LoadPackageReference(name string, version *semver.Version) (schema.PackageReference, error) {
	_, err := loader.LoadPackage(name, version)
	return nil, err
}

func (loader alone) LoadPackageReferenceV2(
	ctx context.Context, of *schema.PackageDescriptor,
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
