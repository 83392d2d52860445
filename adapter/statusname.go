package adapter

// StatusName gives a status as logs, metrics and commands write it. A status is a
// code or a phrase of the case system; long runs of digits are masked all the same,
// as free text may hold anything.
func StatusName(status string) string { return digits.ReplaceAllString(status, "#") }
