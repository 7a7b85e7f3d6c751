package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"

	"waybill/internal/pattern"
	"waybill/tracking/recognise"
)

type recogniseCommand struct {
	Text []string `arg:"" optional:"" help:"Texts to read; without any, each line of standard input is one."`
}

// Help is shown by bot recognise --help.
func (recogniseCommand) Help() string {
	return `For each text one line: {"text":"…","numbers":[{"number":"SF1000000000015","carriers":["sf"],"sure":true}]}`
}

// Run prints what the local rules read out of each text. It uses no network.
func (c recogniseCommand) Run(p process) error {
	// What is read of a line is garbage once the line is printed, and little lives longer:
	// collecting it more rarely costs a few megabytes and is a sixth of the time.
	defer debug.SetGCPercent(debug.SetGCPercent(800))
	out := bufio.NewWriterSize(p.out, 1<<16)
	err := c.recognise(p.in, out)
	if err := errors.Join(err, out.Flush()); err != nil {
		return fmt.Errorf("recognise: %w", err)
	}
	return nil
}

func (c recogniseCommand) recognise(in io.Reader, out *bufio.Writer) error {
	var r recognise.Reader
	if len(c.Text) == 0 {
		return readLines(&r, in, out)
	}
	for _, text := range c.Text {
		if err := writeReading(&r, out, text); err != nil {
			return err
		}
	}
	return nil
}

// readLines answers line after line. It writes out when no further line has
// come yet, so that a program that waits for each answer gets it.
func readLines(r *recognise.Reader, in io.Reader, out *bufio.Writer) error {
	lines := bufio.NewReaderSize(in, 1<<16)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) { // a line longer than the buffer
			var rest []byte
			line = bytes.Clone(line)
			rest, err = lines.ReadBytes('\n')
			line = append(line, rest...)
		}
		if len(line) > 0 {
			if err := writeReading(r, out, string(bytes.TrimRight(line, "\r\n"))); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read line: %w", err)
		}
		if lines.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}

func writeReading(r *recognise.Reader, out *bufio.Writer, text string) error {
	_, err := out.Write(append(r.Text(text).AppendJSON(out.AvailableBuffer()), '\n'))
	return err
}

// flagIs matches what is meant as a flag; other dashes open a text, such as a
// line of somebody's list.
var flagIs = pattern.New(`^--?[A-Za-z]*$`)

// separateTexts puts "--" before the texts of bot recognise when one of them begins
// with a dash and none is meant as a flag.
func separateTexts(args []string) []string {
	if len(args) < 2 || args[0] != "recognise" || slices.ContainsFunc(args[1:], flagIs.MatchString) {
		return args
	}
	return slices.Concat(args[:1], []string{"--"}, args[1:])
}
