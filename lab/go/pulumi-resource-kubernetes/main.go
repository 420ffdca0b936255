// Command pulumi-resource-kubernetes is the Pulumi Kubernetes provider, as released.
//
// The provider's own main embeds two generated files that its Go module does
// not carry, so this one reads them from the folder that the binary stands in.
package main

import (
	"log"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// providerVersion is set by the linker to the SDK version that this plugin answers to.
var providerVersion = "0.0.0"

func main() {
	executable, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	folder := filepath.Dir(executable)
	provider.Serve("kubernetes", providerVersion, read(folder, "schema.json"), read(folder, "terraform-mapping.json"))
}

func read(folder, name string) []byte {
	content, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		log.Fatal(err)
	}
	return content
}
