package config

import (
	"slices"
	"strings"

	"waybill/tracking"
)

// vendorPrefix is what the names of a vendor's own settings begin with.
func vendorPrefix(v tracking.Vendor) string { return prefix + strings.ToUpper(v.Name) + "_" }

func vendorNames(vendors []tracking.Vendor) []string {
	names := make([]string, 0, len(vendors))
	for _, v := range vendors {
		names = append(names, v.Name)
	}
	return names
}

// configured are the vendors whose settings are there, in the order of names.
func configured(names []string, vendors []tracking.Vendor) []tracking.Vendor {
	var on []tracking.Vendor
	for _, name := range names {
		i := slices.IndexFunc(vendors, func(v tracking.Vendor) bool { return v.Name == name })
		if i >= 0 && vendors[i].Configured() {
			on = append(on, vendors[i])
		}
	}
	return on
}

// rates are the vendors' own, but for those that the settings name.
func rates(set map[string]float64, vendors []tracking.Vendor) map[string]float64 {
	all := map[string]float64{}
	for _, v := range vendors {
		all[v.Name] = v.Rate
	}
	for name, rate := range set {
		all[name] = rate
	}
	return all
}
