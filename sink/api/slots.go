package api

// How much of one consumer's there may be at the same time. It bounds the memory that
// a consumer holds who sends or reads slowly.
const (
	maxQuestions = 256
	bigBodies    = 16
	bigAnswers   = 8
)

// slots limit how much of something there is at the same time.
type slots chan struct{}

func (s slots) take() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s slots) giveBack() { <-s }

func (s slots) full() bool { return len(s) == cap(s) }
