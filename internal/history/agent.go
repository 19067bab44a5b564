package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Agents log a JSON object a line, and most lines hold no command but what was
// said, read and printed. So a line is only decoded if it names what it would
// be looked into for. What other lines hold is not looked at, except that they
// have to be objects by their first and last bytes.
//
// Codex writes (codex-rs/protocol, RolloutItem and ResponseItem; arguments are
// JSON in a string, and as of today one of the three)
//
//	{"type":"response_item","payload":{"type":"function_call","name":"shell",
//	  "arguments":"{\"command\":[\"bash\",\"-lc\",\"git push\"]}"}}
//	  … "name":"shell_command","arguments":"{\"command\":\"git push\"}"
//	  … "name":"exec_command","arguments":"{\"cmd\":\"git push\"}"
//	{"type":"response_item","payload":{"type":"local_shell_call",
//	  "action":{"type":"exec","command":["bash","-lc","git push"]}}}
//
// and wrote the payload alone before it had envelopes. Events that repeat calls
// (exec_command_begin) are passed over, and so are what compaction copies and
// programs of the tool exec. Claude Code writes
//
//	{"type":"assistant","message":{"content":[
//	  {"type":"tool_use","name":"Bash","input":{"command":"git push"}}]}}

var (
	codexMarks = [][]byte{[]byte(`"function_call"`), []byte(`"local_shell_call"`)}
	claudeMark = []byte(`"tool_use"`)
)

// agent reads a line of Codex, Claude or Agent.
func (d *decoder) agent() error {
	line := d.report.Lines
	if d.long {
		d.broken(line, tooLong)
		return nil
	}
	text := bytes.TrimSpace(d.line)
	if text[0] != '{' || text[len(text)-1] != '}' {
		d.broken(line, "not a JSON object")
		return nil
	}
	var commands [][]string
	var err error
	if d.report.Format != Claude && (bytes.Contains(text, codexMarks[0]) || bytes.Contains(text, codexMarks[1])) {
		commands, err = codexCommands(text)
	}
	if err == nil && len(commands) == 0 && d.report.Format != Codex && bytes.Contains(text, claudeMark) {
		commands, err = claudeCommands(text)
	}
	if err != nil {
		d.broken(line, err.Error())
	}
	for _, argv := range commands {
		if reason := unfitArgv(argv); reason != "" {
			d.broken(line, reason)
		} else if err := d.command(argv, line); err != nil {
			return err
		}
	}
	return nil
}

func unfitArgv(argv []string) string {
	for _, token := range argv {
		if reason := unfit([]byte(token)); reason != "" {
			return reason
		}
	}
	return ""
}

type codexItem struct {
	Type      string          `json:"type"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
	Action    json.RawMessage `json:"action"`
}

type codexLine struct {
	codexItem
	Payload json.RawMessage `json:"payload"`
}

// codexCommands returns the command of a line of a rollout, none if it is about
// something else.
func codexCommands(line []byte) ([][]string, error) {
	var l codexLine
	if err := json.Unmarshal(line, &l); err != nil {
		return nil, fmt.Errorf("not a line of a rollout: %w", err)
	}
	item := l.codexItem
	if item.Type == "response_item" {
		item = codexItem{}
		if err := json.Unmarshal(l.Payload, &item); err != nil {
			return nil, fmt.Errorf("not an item of a rollout: %w", err)
		}
	}
	switch item.Type {
	case "local_shell_call":
		var action struct {
			Command json.RawMessage `json:"command"`
		}
		if json.Unmarshal(item.Action, &action) != nil {
			return nil, errNoCommand
		}
		return one(commandOf(action.Command))
	case "function_call":
		switch item.Name {
		case "shell", "container.exec", "shell_command", "exec_command":
			return one(codexCall(item.Arguments))
		}
	}
	return nil, nil
}

func one(argv []string, err error) ([][]string, error) {
	if err != nil {
		return nil, err
	}
	return [][]string{argv}, nil
}

// codexCall reads the arguments of a shell tool.
func codexCall(arguments json.RawMessage) ([]string, error) {
	var text string
	if err := json.Unmarshal(arguments, &text); err != nil {
		return nil, errNoCommand
	}
	var call struct {
		Command json.RawMessage `json:"command"`
		Cmd     json.RawMessage `json:"cmd"`
		Shell   string          `json:"shell"`
		Login   *bool           `json:"login"`
	}
	if err := json.Unmarshal([]byte(text), &call); err != nil {
		return nil, fmt.Errorf("the arguments of a shell tool: %w", err)
	}
	command := call.Command
	if command == nil {
		command = call.Cmd
	}
	argv, err := commandOf(command)
	if err == nil && command[0] == '"' {
		if call.Shell != "" {
			argv[0] = call.Shell
		}
		if call.Login != nil && !*call.Login {
			argv[1] = "-c"
		}
	}
	return argv, err
}

// commandOf reads an argument vector or a script.
func commandOf(command json.RawMessage) ([]string, error) {
	if len(command) == 0 {
		return nil, errNoCommand
	}
	if command[0] == '"' {
		var script string
		if err := json.Unmarshal(command, &script); err != nil || script == "" {
			return nil, errNoCommand
		}
		return Script(script), nil
	}
	argv, err := ParseTokens(command)
	if err != nil {
		return nil, errors.New("the command of a shell tool is neither a script nor a list of tokens")
	}
	return argv, nil
}

// claudeCommands returns the commands of a line of a session, none if it is
// about something else.
func claudeCommands(line []byte) ([][]string, error) {
	var l struct {
		Type    string `json:"type"`
		Message struct {
			Content json.RawMessage `json:"content"`
		} `json:"message"`
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return nil, fmt.Errorf("not a line of a session: %w", err)
	}
	if l.Type != "assistant" || len(l.Message.Content) == 0 || l.Message.Content[0] != '[' {
		return nil, nil
	}
	var blocks []struct {
		Type  string          `json:"type"`
		Name  string          `json:"name"`
		Input json.RawMessage `json:"input"`
	}
	if err := json.Unmarshal(l.Message.Content, &blocks); err != nil {
		return nil, fmt.Errorf("not the content of a message: %w", err)
	}
	var commands [][]string
	var failed error
	for _, b := range blocks {
		if b.Type != "tool_use" || b.Name != "Bash" {
			continue
		}
		var input struct {
			Command string `json:"command"`
		}
		if json.Unmarshal(b.Input, &input) != nil || input.Command == "" {
			failed = errNoCommand
			continue
		}
		commands = append(commands, Script(input.Command))
	}
	return commands, failed
}
