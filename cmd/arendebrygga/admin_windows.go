package main

// openDoor listens for commands.
func openDoor(store string) (*door, error) { return openTokenDoor(store) }

// findDoor finds out how to reach the process that holds a store; see [errNobody].
func findDoor(store string) (*knock, error) { return findTokenDoor(store) }
