package main

import (
	"fmt"
	"math"
	"strconv"
)

// target is what a number is to reach.
type target struct {
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Most  bool    `json:"most"` // it is to be this or less, else this or more
}

func atLeast(value float64, unit string) target { return target{value, unit, false} }

func atMost(value float64, unit string) target { return target{value, unit, true} }

// noTarget is for a number that the model of docs/capacity.md needs and nobody has to reach.
func noTarget(unit string) target { return target{Unit: unit} }

// ratio is how far a value reaches the target in either direction: 1 is the
// target, 2 is twice as good, 0.5 half as good.
func (t target) ratio(value float64) float64 {
	if t.Most {
		return t.Value / value
	}
	return value / t.Value
}

// reached says whether a value is as good as the target.
func (t target) reached(value float64) bool {
	if t.Most {
		return value <= t.Value
	}
	return value >= t.Value // always without a target
}

// String is the target as the table shows it.
func (t target) String() string {
	if t.Value == 0 {
		return ""
	}
	if t.Most {
		return "≤ " + amount(t.Value, t.Unit)
	}
	return "≥ " + amount(t.Value, t.Unit)
}

// amount is a value with its unit: three digits that count, thousands parted.
func amount(value float64, unit string) string {
	text := grouped(strconv.FormatFloat(math.Round(value), 'f', 0, 64))
	switch {
	case math.Abs(value) < 10 && value != math.Round(value):
		text = strconv.FormatFloat(value, 'f', 2, 64)
	case math.Abs(value) < 100 && value != math.Round(value):
		text = strconv.FormatFloat(value, 'f', 1, 64)
	}
	if unit == "/s" {
		return text + unit
	}
	return fmt.Sprintf("%s %s", text, unit)
}

// grouped parts the thousands of whole digits.
func grouped(digits string) string {
	if len(digits) <= 3 {
		return digits
	}
	return grouped(digits[:len(digits)-3]) + "," + digits[len(digits)-3:]
}
