package main

import "os"

// keepOwner has nothing to do where a folder hands its rights down to its files.
func keepOwner(*os.File, string) error { return nil }
