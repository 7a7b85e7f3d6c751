package main

import (
	"fmt"
	"runtime/debug"

	"waybill/handlers/web"
)

// release is set by the linker (make build, the Dockerfile).
var release string

type versionCommand struct{}

// Run prints version, commit and Go version.
func (versionCommand) Run(w world) error {
	b := built()
	_, err := fmt.Fprintf(w.out, "waybill %s, commit %s, %s\n", b.Version, b.Commit, b.Go)
	return err
}

// built is what the Go tool wrote into this program.
func built() web.Build {
	b := web.Build{Version: release, Commit: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Go = info.GoVersion
	if b.Version == "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			b.Commit = s.Value
		}
	}
	return b
}
