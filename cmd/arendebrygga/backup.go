package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"arendebrygga/sink"
)

// newBackupCommand makes `arendebrygga backup`.
func newBackupCommand(environ []string) *cobra.Command {
	p := place{environ: environ}
	var verify, replace bool
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Publishes nothing: copies the store to a file, also while arendebrygga runs",
		Long: `Publishes nothing: copies the store to a file, also while arendebrygga runs.

The copy is the store as it was at one moment, and works as a store: to restore it,
stop arendebrygga, put the copy where store.path says, on this machine or another one,
start, and give each source a resync or a baseline: it stops as store-older until then.
The copy holds personal data, and the key that events get their ids with.
--verify checks a copy: every record can be read, and every index agrees.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if verify {
				return p.verify(cmd, args[0])
			}
			d, err := p.desk(cmd.Context(), cmd.ErrOrStderr(), nil)
			if err != nil {
				return err
			}
			defer d.close()
			begun := time.Now()
			n, err := d.backup(cmd.Context(), args[0], replace, cmd.ErrOrStderr())
			if err != nil {
				return stopped(err)
			}
			if p.json {
				return writeJSON(cmd.OutOrStdout(), backedUp{File: args[0], Bytes: n})
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote %s, %s in %v; arendebrygga backup --verify %[1]s checks it\n",
				args[0], plural(int(n), "byte"), time.Since(begun).Round(time.Millisecond))
			return err
		},
	}
	p.flags(cmd)
	cmd.Flags().BoolVar(&verify, "verify", false, "check FILE instead of writing it")
	cmd.Flags().BoolVar(&replace, "replace", false, "let FILE take the place of one that is there")
	return cmd
}

// backedUp is what `backup` prints, and with --verify what it found.
type backedUp struct {
	File     string    `json:"file"`
	Bytes    int64     `json:"bytes"`
	OK       *bool     `json:"ok,omitempty"`
	Made     time.Time `json:"made,omitzero"` // when the store was made
	Sources  []string  `json:"sources,omitempty"`
	Findings []string  `json:"findings,omitempty"`
}

// backup writes a copy beside path and moves it there when it is whole and on the
// disk, so that nobody ever takes half a copy for one.
func (d *desk) backup(ctx context.Context, path string, replace bool, stderr io.Writer) (n int64, err error) {
	switch info, err := os.Stat(path); {
	case err == nil && !info.Mode().IsRegular():
		return 0, fmt.Errorf("%s is not a file; name one", path)
	case err == nil && !replace:
		return 0, fmt.Errorf("%s is there already; --replace lets the copy take its place", path)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return 0, err
	}
	if d.holds(path) {
		return 0, fmt.Errorf("%s is the store itself", path)
	}
	draft, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // with mode 0600
	if err != nil {
		return 0, fmt.Errorf("%s cannot be written: its folder: %w; name a file in one that is there and may be written to", path, unwrapPath(err))
	}
	begun := time.Now()
	err = d.fetch(ctx, draft, stderr)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err == nil {
		err = sink.MarkCopy(draft.Name(), begun)
	}
	if err == nil {
		n, err = size(draft.Name())
	}
	if err == nil {
		err = os.Rename(draft.Name(), path)
	}
	if err != nil {
		return 0, errors.Join(err, os.Remove(draft.Name()))
	}
	return n, sink.SyncFolder(filepath.Dir(path))
}

func size(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// fetch copies the store into a file.
func (d *desk) fetch(ctx context.Context, to io.Writer, stderr io.Writer) error {
	res, err := d.do(ctx, http.MethodGet, "backup", nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if terminal(stderr) {
		to = &meter{to: to, stderr: stderr, size: res.ContentLength}
		defer fmt.Fprint(stderr, "\r\033[K")
	}
	n, err := io.Copy(to, res.Body)
	if err == nil && n != res.ContentLength {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("the copy is not whole and was thrown away: %w", errors.Join(ctx.Err(), err))
	}
	return nil
}

// meter shows how much has been copied.
type meter struct {
	to         io.Writer
	stderr     io.Writer
	size, done int64
	told       time.Time
}

func (m *meter) Write(b []byte) (int, error) {
	n, err := m.to.Write(b)
	if m.done += int64(n); time.Since(m.told) > time.Second {
		m.told = time.Now()
		fmt.Fprintf(m.stderr, "\r\033[K%.0f of %.0f MB", float64(m.done)/1e6, float64(m.size)/1e6)
	}
	return n, err
}

// verify opens a copy without changing it and holds all that is in it against the rest.
func (p *place) verify(cmd *cobra.Command, path string) error {
	found := backedUp{File: path, OK: new(bool)}
	store, err := sink.OpenCopy(path)
	if err == nil {
		found.Made, found.Sources = store.Made(), store.Sources()
		found.Findings, err = store.Verify(cmd.Context())
		err = errors.Join(err, store.Close())
	}
	if err != nil && (cmd.Context().Err() != nil || errors.Is(err, sink.ErrHeld)) {
		return err // it says nothing about the copy
	}
	if err != nil {
		found.Findings = append(found.Findings, err.Error())
	}
	found.Bytes, _ = size(path) // a file that is not there was told above
	*found.OK = len(found.Findings) == 0
	switch {
	case p.json:
		err = writeJSON(cmd.OutOrStdout(), found)
	case *found.OK:
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "ok: %s, a store made on %s with %s\n", path, found.Made.Local().Format(time.RFC3339), plural(len(found.Sources), "source"))
	default:
		for _, line := range found.Findings {
			fmt.Fprintln(cmd.OutOrStdout(), line)
		}
		err = errReported
	}
	if err == nil && !*found.OK {
		err = errReported
	}
	return err
}
