package mime

import "strings"

// unflow joins the lines of format=flowed text to paragraphs again (RFC 3676
// §4.2). With delsp the blank that marks a soft line end goes too (§4.1).
func unflow(text string, delsp bool) string {
	var out strings.Builder
	out.Grow(len(text))
	open := -1 // quote depth of the paragraph under way; -1: none
	for line := range strings.SplitSeq(text, "\n") {
		depth := quoteDepth(line)
		rest := strings.TrimPrefix(line[depth:], " ") // space-stuffing
		if open != depth || rest == "-- " {
			if open >= 0 {
				out.WriteByte('\n')
			}
			if out.WriteString(line[:depth]); depth > 0 && rest != "" {
				out.WriteByte(' ')
			}
		}
		soft := strings.HasSuffix(rest, " ") && rest != "-- "
		if soft && delsp {
			rest = rest[:len(rest)-1]
		}
		out.WriteString(rest)
		if open = -1; soft {
			open = depth
		} else {
			out.WriteByte('\n')
		}
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func quoteDepth(line string) int {
	n := 0
	for n < len(line) && line[n] == '>' {
		n++
	}
	return n
}
