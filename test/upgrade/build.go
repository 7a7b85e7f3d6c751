package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// versions are the binaries of the two versions.
type versions struct{ old, new string }

// build builds the old version from a commit and the new one from a folder. What
// both have in common is compiled once, because no paths are written into it.
func build(ctx context.Context, dir, newDir, commit string) (versions, error) {
	v := versions{old: filepath.Join(dir, "old", "bot"), new: filepath.Join(dir, "new", "bot")}
	source := filepath.Join(dir, "source")
	if err := checkOut(ctx, source, commit); err != nil {
		return v, err
	}
	fmt.Println("upgrade: building both versions")
	if err := command(ctx, source, "go", "build", "-trimpath", "-o", v.old, "./cmd/bot"); err != nil {
		return v, fmt.Errorf("build %s: %w", commit, err)
	}
	if err := command(ctx, newDir, "go", "build", "-trimpath", "-o", v.new, "./cmd/bot"); err != nil {
		return v, fmt.Errorf("build the working tree: %w", err)
	}
	return v, nil
}

// checkOut writes the files of a commit into a folder.
func checkOut(ctx context.Context, folder, commit string) error {
	if err := command(ctx, ".", "git", "cat-file", "-e", commit+"^{commit}"); err != nil {
		return fmt.Errorf("the old version %s is not in this clone (a shallow one?); git fetch --unshallow brings it: %w", commit, err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	archive := filepath.Join(folder, "..", "source.tar")
	if err := command(ctx, ".", "git", "archive", "--output="+archive, commit); err != nil {
		return err
	}
	return command(ctx, folder, "tar", "-xf", archive)
}

// command runs a command; what it says is in its error.
func command(ctx context.Context, folder, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = folder
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, bytes.TrimSpace(said))
	}
	return nil
}
