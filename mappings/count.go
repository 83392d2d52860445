package mappings

// Count gives the number of mapping files and of the kundhändelsetyper that they
// can make.
func (s *Set) Count() (files, types int) {
	for _, r := range s.rules {
		for _, m := range r.mappings {
			files++
			types += len(m.types) * len(m.events)
		}
	}
	return files, types
}
