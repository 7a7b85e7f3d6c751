package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

func parseCalls(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, errors.New("want a whole number of calls, at least 1")
	}
	return n, nil
}

func parseAmount(text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
		return 0, errors.New("want a number, 0 or more")
	}
	return n, nil
}

func parseSpeed(text string) (float64, error) {
	n, err := parseAmount(text)
	if err != nil || n == 0 {
		return 0, errors.New("want a number above 0")
	}
	return n, nil
}

func parseInterval(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, errors.New("want a duration such as 30m or 1h30m")
	}
	return d, nil
}

// parseDays takes whole days beside what time.ParseDuration takes.
func parseDays(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 1 || n > maxDays {
			return 0, fmt.Errorf("want a number of days from 1 to %d, such as 90d", maxDays)
		}
		return time.Duration(n) * day, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < day || d > maxDays*day {
		return 0, fmt.Errorf("want a number of days from 1 to %d, such as 90d", maxDays)
	}
	return d, nil
}

const (
	day     = 24 * time.Hour
	maxDays = 3650
)

func parseCount(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, errors.New("want a whole number, at least 1")
	}
	return n, nil
}
