package mappings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"arendebrygga/adapter"
)

// find lists the mapping files in paths, in the order given, each once.
func find(paths []string, problems *adapter.Problems) []string {
	var out []string
	known := map[string]bool{}
	wrong := func(path, message, hint string) {
		*problems = append(*problems, adapter.Problem{At: adapter.Position{File: path}, Message: message, Hint: hint})
	}
	if len(paths) == 0 {
		wrong("", "no mapping files are named", "mappings: lists files and folders, such as mappings/")
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		files := []string{path}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			wrong(path, "there is no such mapping file or folder", "a relative path begins in the folder of the configuration file")
			continue
		case err != nil:
			wrong(path, "cannot be read: "+reason(err), "")
			continue
		case info.IsDir():
			if files, err = inFolder(path); err != nil {
				wrong(path, "cannot be read: "+reason(err), "")
				continue
			}
			if len(files) == 0 {
				wrong(path, "the folder holds no mapping file", "mapping files end in .yaml or .yml; those that end in _prov.yaml are tests")
			}
		case !isYAML(path):
			wrong(path, "a mapping file ends in .yaml or .yml", "")
			continue
		case isTest(path):
			wrong(path, "this is a file with tests, not a mapping", "name the mapping itself, or the folder of both")
			continue
		}
		for _, file := range files {
			if clean := filepath.Clean(file); !known[clean] {
				known[clean] = true
				out = append(out, clean)
			}
		}
	}
	return out
}

// inFolder lists the mapping files of a folder and of those inside it, apart from
// hidden ones.
func inFolder(folder string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != folder && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir() && isYAML(path) && !isTest(path):
			out = append(out, path)
		}
		return nil
	})
	return out, err
}

func isYAML(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".yaml" || ext == ".yml"
}

// isTest tells the files of the command test from mappings.
func isTest(path string) bool {
	return strings.HasSuffix(strings.TrimSuffix(path, filepath.Ext(path)), "_prov")
}

// reason is what the system says of a file, without the path, which stands before
// it already.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return fmt.Sprint(err)
}
