package main

// keepOwner has nothing to do where a folder hands its rights down to its files.
func keepOwner(string, string) error { return nil }
