package sink

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// lockWait is how long Open waits for another process to let go of the file, as
// one that is being stopped soon does.
const lockWait = time.Second

// Open opens the store at path, making it if there is no file. The errors that an
// operator can mend say how; ErrHeld and ErrDamaged can be told apart.
func Open(path string) (*Store, error) {
	s := &Store{path: path, sources: map[string]uint32{}, producers: map[string]uint16{}}
	if err := s.open(); err != nil {
		s.letGo()
		return nil, s.wrap(err)
	}
	s.workers.New = s.newWorker
	return s, nil
}

// letGo closes what could not be opened as a store, so that others can. Where bbolt
// panicked the file stays mapped, and with that locked, as long as the process lives.
func (s *Store) letGo() {
	switch {
	case s.db != nil:
		s.db.Close()
	case s.file != nil:
		s.file.Close()
	}
}

func (s *Store) open() error {
	var err error
	if s.stockholm, err = time.LoadLocation("Europe/Stockholm"); err != nil {
		return err
	}
	info, err := os.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := create(s.path); err != nil {
			return err
		}
	case err != nil:
		return plain(err)
	case info.IsDir():
		return errors.New("is a folder; name a file in it")
	case !info.Mode().IsRegular():
		return errors.New("is not a regular file")
	case info.Size() == 0:
		return errors.New("is an empty file, which a store never is; if nothing was ever published from here, remove the file, else put a backup in its place")
	}
	if s.db, err = s.bolt(s.path); err != nil {
		return err
	}
	return s.check()
}

// options are how bbolt is run. Every commit is synced. The freelist is written with
// it: without, opening and a failed commit read the whole file.
func options(mapped int, open func(string, int, os.FileMode) (*os.File, error)) *bolt.Options {
	return &bolt.Options{
		Timeout:         lockWait,
		FreelistType:    bolt.FreelistMapType,
		InitialMmapSize: mapped,
		NoStatistics:    true,
		OpenFile:        open,
	}
}

// bolt opens a file with bbolt, remembering what it opens.
func (s *Store) bolt(path string) (db *bolt.DB, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = damage(p)
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	open := func(name string, flag int, mode os.FileMode) (*os.File, error) {
		var err error
		s.file, err = os.OpenFile(name, flag&^os.O_CREATE, mode)
		return s.file, err
	}
	db, err = bolt.Open(path, 0o600, options(mapped(), open))
	if errors.Is(err, syscall.ENOMEM) {
		db, err = bolt.Open(path, 0o600, options(0, open)) // address space is rationed here
	}
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrHeld
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%w; the user that runs arendebrygga must be able to write to it", plain(err))
	case errors.As(err, new(*fs.PathError)):
		return nil, plain(err)
	}
	if errors.As(err, new(syscall.Errno)) {
		return nil, err
	}
	return nil, foreign(path, err)
}

// mapped is how much address space is taken from the start. A file that outgrows
// its mapping is mapped anew, which waits for every reader and holds new ones up;
// so it shall not happen. Only address space is used, except on Windows, where the
// file would grow to that size.
func mapped() int {
	if strconv.IntSize < 64 || runtime.GOOS == "windows" {
		return 0
	}
	return 64 << 30
}

// foreign tells a file that was never a store from one that is damaged.
func foreign(path string, cause error) error {
	const magicAt, magic = 16, "\xed\xda\x0c\xed" // bbolt's, little endian
	f, err := os.Open(path)
	if err != nil {
		return plain(err)
	}
	defer f.Close()
	page := make([]byte, 64<<10)
	n, _ := f.ReadAt(page, 0)
	for at := magicAt; at+len(magic) <= n; at += 1024 {
		if string(page[at:at+len(magic)]) == magic {
			return damage(cause)
		}
	}
	return errors.New("is not a store of arendebrygga, or its beginning has been overwritten; if it is another file, give another path, else put a backup in its place")
}

// plain takes the path and the system call off an error: the path is there already.
func plain(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// create makes a store beside path and moves it there when it is whole, so that
// nobody ever finds half a store.
func create(path string) error {
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return fmt.Errorf("its folder: %w", plain(err))
	}
	draft, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return plain(err)
	}
	defer os.Remove(draft.Name())
	if err := draft.Close(); err != nil {
		return err
	}
	db, err := bolt.Open(draft.Name(), 0o600, nil)
	if err != nil {
		return err
	}
	if err := errors.Join(db.Update(initialise), db.Close()); err != nil {
		return err
	}
	err = os.Link(draft.Name(), path) // unlike a rename it never takes another's place
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil // another process was faster: its lock decides
	case err != nil:
		return os.Rename(draft.Name(), path) // a file system without links
	}
	return SyncFolder(filepath.Dir(path))
}

// SyncFolder makes a new name in a folder last through a power cut.
func SyncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
