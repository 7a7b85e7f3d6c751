package handlers

import (
	"context"
	"strings"

	"waybill/internal/pattern"
	"waybill/models"
)

// whereIs answers where the parcels are that a question names, by a name, a part of one,
// a carrier, a row or the end of a number (茶叶到哪了, 圆通的呢); else where all of them are.
func (t *turn) whereIs(ctx context.Context, text string) ([]Reply, error) {
	all, err := t.follows(ctx, true)
	if err != nil {
		return nil, err
	}
	if hits := t.namedIn(text, all); len(hits) > 0 {
		p := picked{several: hits}
		return t.about(ctx, verbDetail, p)
	}
	if subject := subjectOf(text); subject != "" {
		p, err := t.pickAll(ctx, subject)
		if err != nil {
			return nil, err
		}
		if p.found() {
			return t.about(ctx, verbDetail, p)
		}
	}
	return t.whereAre(ctx)
}

// calledBy answers a text that is a parcel's name, and nothing else; nothing when it is none.
func (t *turn) calledBy(ctx context.Context, text string) ([]Reply, error) {
	name := plainWord(text)
	if name == "" {
		return nil, nil
	}
	all, err := t.follows(ctx, true)
	if err != nil {
		return nil, err
	}
	var p picked
	for _, f := range all {
		if plainWord(f.Follow.Name) == name {
			p.several = append(p.several, f)
		}
	}
	if len(p.several) == 0 {
		return nil, nil
	}
	return t.about(ctx, verbDetail, p)
}

// namedIn are the parcels whose names stand in a text; where none does, those of the
// carrier that it names.
func (t *turn) namedIn(text string, all []models.Followed) []models.Followed {
	said := strings.ToLower(fold(text))
	carrier, names := t.carrierIn(text)
	var named, carried []models.Followed
	for _, f := range all {
		if name := strings.ToLower(fold(f.Follow.Name)); isPart(name) && strings.Contains(said, name) {
			named = append(named, f)
		}
		if names && f.Parcel.Carrier == carrier {
			carried = append(carried, f)
		}
	}
	if len(named) > 0 {
		return named
	}
	return carried
}

var (
	// beforeSubject and behindSubject match what stands around that which a question
	// is about: 请问那个洗衣液怎么还没到, where is the tea.
	beforeSubject = pattern.New(`(?i)^(?:[请請]?[问問]|[帮幫]我|[查看](?:一下|下|查|看)?|我|的|[那这這]|[个個]|你好|您好|where(?:['’]s| is| are| has)|when will|has|is|the|my|[\s\p{P}])+`)
	behindSubject = pattern.New(`(?i)(?:的|[那这這]|[个個]|快[递遞件]|包裹|物流|[现現]在|今天|明天|大概|到底|[还還]?[没沒未]|怎|咋|[为為]什|什[么麼]|[几幾]|多久|[到在]了?[哪没沒吗嗎]|走到|送到|寄到|到|[发發][货貨]|[签簽]收|派送|[呢吗嗎啊呀]|[\p{P}]|\b(?:it|they|them|mine|this|that|one|parcel|package|order|here|yet|now|arriv\w*|com(?:e|ing)|deliver\w*)\b).*$`)
)

// subjectOf is what a question names, "" when it names nothing.
func subjectOf(text string) string {
	text = beforeSubject.ReplaceAllString(fold(text), "")
	return strings.TrimSpace(behindSubject.ReplaceAllString(text, ""))
}
