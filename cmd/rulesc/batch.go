package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
)

// maxBatchLine bounds a line of standard input, in bytes. It is above what any
// system takes as the arguments of a command.
const maxBatchLine = 8 << 20

// checkBatch answers each line of in on a line of out. What was answered is
// written before it waits for more input, so that somebody may write a line
// and wait for its answer.
func checkBatch(in io.Reader, out io.Writer, s *subject) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	w := bufio.NewWriter(out)
	bad := 0
	for {
		line, err := readLine(lines)
		if err == io.EOF {
			break
		}
		if err != nil {
			w.Flush()
			return fmt.Errorf("standard input: %w", err)
		}
		argv, err := parseCommand(line)
		if err != nil {
			bad++
			answer, _ := json.Marshal(map[string]string{"error": err.Error()})
			w.Write(append(answer, '\n'))
		} else {
			a, err := s.judge(argv)
			if err != nil {
				w.Flush()
				return err
			}
			judge.Write(w, a)
		}
		if lines.Buffered() == 0 {
			if err := w.Flush(); err != nil {
				return err
			}
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if bad > 0 {
		return fmt.Errorf("%d lines of standard input are no commands", bad)
	}
	return nil
}

// readLine returns the next line without its end. It is valid until the next
// call.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		whole := append([]byte(nil), line...)
		for err == bufio.ErrBufferFull {
			line, err = r.ReadSlice('\n')
			if whole = append(whole, line...); len(whole) > maxBatchLine {
				return nil, fmt.Errorf("a line is longer than %d bytes", maxBatchLine)
			}
		}
		line = whole
	}
	if err == io.EOF && len(line) > 0 {
		return line, nil
	}
	if err != nil {
		return nil, err
	}
	return line[:len(line)-1], nil
}

// parseCommand reads a JSON array of strings. encoding/json would take null
// for an empty string and mend bytes that are no UTF-8; a command is judged as
// it is or not at all.
func parseCommand(line []byte) ([]string, error) {
	var tokens []*string
	if err := json.Unmarshal(line, &tokens); err != nil {
		return nil, fmt.Errorf("expected a JSON array of strings: %w", err)
	}
	if !utf8.Valid(line) {
		return nil, errors.New("not valid UTF-8")
	}
	if len(tokens) == 0 {
		return nil, errors.New("expected a JSON array of strings, found an empty one")
	}
	argv := make([]string, len(tokens))
	for i, token := range tokens {
		if token == nil {
			return nil, fmt.Errorf("expected a JSON array of strings, found null at index %d", i)
		}
		argv[i] = *token
	}
	return argv, nil
}
