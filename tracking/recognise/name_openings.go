package recognise

import "strings"

// opensLabel says that the character may begin a label that names a parcel.
func opensLabel(c rune) bool {
	switch c {
	case '备', '商', '物', '品', '货', '内', '宝', '名', '托', '寄':
		return true
	}
	return false
}

// opensName says that a Chinese name of a carrier may open a simplified text,
// whose first character is given: by its first two characters.
func opensName(c rune, s string) bool {
	return len(s) >= 6 && strings.Contains(secondOfNames(c), s[3:6])
}

// secondOfNames are the second characters of the names that begin with a character.
func secondOfNames(c rune) string {
	switch c {
	case '顺':
		return "丰心"
	case '中':
		return "通国铁邮"
	case '申', '圆', '汇':
		return "通"
	case '韵':
		return "达"
	case '极':
		return "兔"
	case '百':
		return "世"
	case '京':
		return "东广"
	case '德':
		return "邦"
	case '安':
		return "能"
	case '跨':
		return "越"
	case '宅':
		return "急"
	case '优':
		return "速"
	case '天':
		return "天地"
	case '壹':
		return "米"
	case '邮':
		return "政"
	case '苏':
		return "宁"
	case '丹', '菜', '笨':
		return "鸟"
	case '丰':
		return "网"
	}
	if second := secondOfPosts(c); second != "" {
		return second
	}
	return secondOfSmallOnes(c)
}

// secondOfPosts is secondOfNames of posts, of who carries across borders, and of what
// posts call their services.
func secondOfPosts(c rune) string {
	switch c {
	case '亚':
		return "马"
	case '皇':
		return "家"
	case '英', '美':
		return "国"
	case '日':
		return "本日"
	case '佐':
		return "川"
	case '黑':
		return "猫"
	case '包':
		return "裹"
	case '国':
		return "际通"
	case '挂':
		return "号"
	case '电':
		return "商"
	case '香':
		return "港"
	case '递':
		return "四"
	case '燕':
		return "文"
	case '云':
		return "途"
	case '敦':
		return "豪"
	}
	return ""
}

// secondOfSmallOnes is secondOfNames of the smaller couriers and of freight lines.
func secondOfSmallOnes(c rune) string {
	switch c {
	case '众':
		return "邮"
	case '速':
		return "尔"
	case '全':
		return "峰"
	case '快':
		return "捷"
	case '如':
		return "风"
	case '联':
		return "邦昊"
	case '加':
		return "运"
	case '信':
		return "丰"
	case '佳':
		return "吉"
	case '远':
		return "成"
	case '九':
		return "曳"
	}
	return ""
}
