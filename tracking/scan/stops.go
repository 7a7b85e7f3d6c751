package scan

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"waybill/models"
)

// Stops are the cities through which a parcel goes, in order, read out of its scans
// (newest first), and out of what is known of its whole way. A city in which it was
// scanned several times in a row is one stop; where it has not been yet is Ahead.
func Stops(events []models.Event, p models.Parcel) []models.Stop {
	var stops []models.Stop
	for i := len(events) - 1; i >= 0; i-- {
		if s := stopOf(events[i]); s.City != "" {
			stops = appendStop(stops, s)
		}
	}
	if p.Origin != "" && (len(stops) == 0 || stops[0].City != p.Origin) {
		stops = append([]models.Stop{{City: p.Origin}}, stops...)
	}
	if p.Destination == "" || turned(p.Status) {
		return stops
	}
	end := models.Stop{City: p.Destination, Ahead: !atRecipient(p.Status)}
	if n := len(stops); n > 0 && stops[n-1].City == end.City {
		return stops
	}
	return append(stops, end)
}

// turned says that a parcel does not go to its recipient any more.
func turned(s models.Status) bool {
	return s == models.Returning || s == models.Returned || s == models.Cancelled
}

// appendStop adds a stop, or where it lies to the same one before it.
func appendStop(stops []models.Stop, s models.Stop) []models.Stop {
	n := len(stops)
	if n == 0 || stops[n-1].City != s.City {
		return append(stops, s)
	}
	if last := &stops[n-1]; !last.Placed() {
		last.Lon, last.Lat = s.Lon, s.Lat
	}
	return stops
}

// extraArea is what is used of a provider's extras (Kuaidi100: areaName is province, city
// and district, areaCenter longitude and latitude in degrees).
type extraArea struct {
	Name   string `json:"areaName"`
	Center string `json:"areaCenter"`
}

// stopOf is the city of one scan, "" without one. The provider's area counts where its
// name has a city in it: the middle of a province is nowhere.
func stopOf(e models.Event) models.Stop {
	city := cityOf(e)
	if city == "" {
		city = latinPlace(e.Place)
	}
	s := models.Stop{City: city}
	if e.Extra == "" {
		return s
	}
	var a extraArea
	if json.Unmarshal([]byte(e.Extra), &a) != nil {
		return s
	}
	parts := strings.Split(a.Name, ",")
	if len(parts) < 2 {
		return s
	}
	named := strings.TrimSuffix(strings.TrimSpace(parts[1]), "市")
	if city != "" && city != named {
		return s // the vendor read another place out of the words, such as the next one
	}
	if s.City = named; utf8.RuneCountInString(named) > longestPlace {
		return models.Stop{}
	}
	s.Lon, s.Lat = degrees(a.Center)
	return s
}

// longestPlace is how many characters a place may have to be a stop.
const longestPlace = 16

// latinPlace is a place abroad as it stands, without its country: Frankfurt, DE.
func latinPlace(place string) string {
	city, _, _ := strings.Cut(place, ",")
	if city = strings.TrimSpace(city); city == "" || utf8.RuneCountInString(city) > longestPlace {
		return ""
	}
	for _, r := range city {
		if (r|0x20 < 'a' || r|0x20 > 'z') && r != ' ' && r != '-' && r != '.' && r != '\'' && (r < 0xc0 || r > 0x24f) {
			return ""
		}
	}
	return city
}

// degrees reads longitude,latitude; zeros where it is no place on earth.
func degrees(center string) (lon, lat float64) {
	east, north, _ := strings.Cut(center, ",")
	lon, errLon := strconv.ParseFloat(strings.TrimSpace(east), 64)
	lat, errLat := strconv.ParseFloat(strings.TrimSpace(north), 64)
	if errLon != nil || errLat != nil || !(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90) {
		return 0, 0
	}
	return lon, lat
}
