package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/rulesc/rulesc/cmd/rulesc/internal/judge"
	"github.com/rulesc/rulesc/internal/history"
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
		argv, err := history.ParseTokens(line)
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
