package recognise

// The word lists of this package are strings with single spaces between the
// words: they cost nothing at start, and going through one takes no memory.

// begins says whether s begins with one of the words of a list.
func begins(s, words string) bool {
	for at := 0; at < len(words); at++ {
		n := 0
		for at < len(words) && words[at] != ' ' && n < len(s) && words[at] == s[n] {
			at++
			n++
		}
		if at == len(words) || words[at] == ' ' {
			return true
		}
		for at < len(words) && words[at] != ' ' {
			at++
		}
	}
	return false
}

// endsIn says whether s ends in one of the words of a list.
func endsIn(s, words string) bool {
	for at := len(words) - 1; at >= 0; at-- {
		n := len(s) - 1
		for at >= 0 && words[at] != ' ' && n >= 0 && words[at] == s[n] {
			at--
			n--
		}
		if at < 0 || words[at] == ' ' {
			return true
		}
		for at >= 0 && words[at] != ' ' {
			at--
		}
	}
	return false
}

// opening is the length of the first word of a list that s begins with; 0 for none.
func opening(s, words string) int {
	for at := 0; at < len(words); at++ {
		n := 0
		for at < len(words) && words[at] != ' ' && n < len(s) && words[at] == s[n] {
			at++
			n++
		}
		if at == len(words) || words[at] == ' ' {
			return n
		}
		for at < len(words) && words[at] != ' ' {
			at++
		}
	}
	return 0
}

// ending is the length of the first word of a list that s ends in; 0 for none.
func ending(s, words string) int {
	if s == "" {
		return 0
	}
	last := s[len(s)-1]
	for from := 0; from < len(words); {
		to := from
		for to < len(words) && words[to] != ' ' {
			to++
		}
		if size := to - from; words[to-1] == last && size <= len(s) && s[len(s)-size:] == words[from:to] {
			return size
		}
		from = to + 1
	}
	return 0
}
