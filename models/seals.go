package models

// Seals counts what is sealed in a database.
type Seals struct {
	Current int // under the key that seals now
	Older   int // under one of the others
	Closed  int // under none of them, or damaged
}

// SaidBind is what a message's words are sealed to that are kept under a key as MemorySaid.
func SaidBind(key string) string { return MemorySaid + "/" + key }
