package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"waybill/models"
)

const (
	comparedJourneys = 240 // of a group, the newest
	keptJourneys     = 400 // of a route, the newest
	trimmedEvery     = 64  // parcels, so that a route may have some more for a while
)

// Journeys reads the newest journeys with which a parcel of a route may be compared, in
// groups of at most 240, the most similar group first: those of its route, those between
// its provinces, where its destination is not known those from its province, and those of
// its carrier. Groups may be empty; of what is not known of the route there is no group.
func (s *Store) Journeys(ctx context.Context, r models.Route) ([][]models.Journey, error) {
	if r.Carrier == "" {
		return nil, nil
	}
	sql, args, groups := journeysSQL(r)
	found := make([][]models.Journey, groups)
	rows, err := s.read.WithContext(ctx).Raw(sql, args...).Rows()
	if err != nil {
		return nil, fmt.Errorf("read journeys: %w", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err says what went wrong
	for rows.Next() {
		var group int
		j := models.Journey{Route: models.Route{Carrier: r.Carrier}}
		err := rows.Scan(&group, &j.Origin, &j.Destination, &j.OriginArea, &j.DestinationArea, &j.StartedAt, &j.OutAt, &j.DeliveredAt, &j.Silence)
		if err != nil {
			return nil, fmt.Errorf("read journeys: %w", err)
		}
		found[group] = append(found[group], j)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read journeys: %w", err)
	}
	return found, nil
}

// journeysSQL is one statement that reads every group out of its own index.
func journeysSQL(r models.Route) (sql string, args []any, groups int) {
	var parts []string
	add := func(where string, values ...any) {
		parts = append(parts, fmt.Sprintf(`SELECT * FROM (
			SELECT %d AS part, origin, destination, origin_area, destination_area, started_at, out_at, delivered_at, silence
			FROM journeys WHERE carrier = ?%s ORDER BY delivered_at DESC LIMIT %d) f`, len(parts), where, comparedJourneys))
		args = append(append(args, r.Carrier), values...)
	}
	if r.Origin != "" && r.Destination != "" {
		add(" AND origin = ? AND destination = ?", r.Origin, r.Destination)
	}
	switch {
	case r.OriginArea != "" && r.DestinationArea != "":
		add(" AND origin_area = ? AND destination_area = ?", r.OriginArea, r.DestinationArea)
	case r.OriginArea != "" && r.Destination == "":
		add(" AND origin_area = ?", r.OriginArea)
	}
	add("")
	return strings.Join(parts, " UNION ALL "), args, len(parts)
}

// addJourneys keeps the journeys of the parcels that have just arrived. One that arrives
// again, because it was taken for delivered too early, counts as it arrived last.
func (e *ending) addJourneys(tx *gorm.DB) error {
	var arrived []models.Journey
	for _, f := range e.fresh {
		if f.Journey == nil {
			continue
		}
		j := *f.Journey
		j.ParcelID, j.Carrier = f.Change.Parcel.ID, f.Change.Parcel.Carrier
		j.Origin, j.Destination = cut(j.Origin, sizeCity), cut(j.Destination, sizeCity)
		j.OriginArea, j.DestinationArea = cut(j.OriginArea, sizeCity), cut(j.DestinationArea, sizeCity)
		arrived = append(arrived, j)
	}
	if len(arrived) == 0 {
		return nil
	}
	columns := []string{"carrier", "origin", "destination", "origin_area", "destination_area", "started_at", "out_at", "delivered_at", "silence"}
	if err := upsert(tx, &arrived, []string{"parcel_id"}, columns...); err != nil {
		return err
	}
	for _, j := range arrived {
		if j.ParcelID%trimmedEvery != 0 {
			continue
		}
		if err := trimRoute(tx, j.Route); err != nil {
			return err
		}
	}
	return nil
}

// trimRoute forgets the journeys of a route but for the newest.
func trimRoute(tx *gorm.DB, r models.Route) error {
	const where = "carrier = ? AND origin = ? AND destination = ?"
	var oldest []models.Moment
	err := tx.Table("journeys").Where(where, r.Carrier, r.Origin, r.Destination).
		Order("delivered_at DESC").Offset(keptJourneys).Limit(1).Pluck("delivered_at", &oldest).Error
	if err != nil || len(oldest) == 0 {
		return err
	}
	return tx.Exec("DELETE FROM journeys WHERE "+where+" AND delivered_at <= ?", r.Carrier, r.Origin, r.Destination, oldest[0]).Error
}
