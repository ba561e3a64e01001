//! One character at a time, made comparable: lower case, half width, simplified.
//!
//! Folding keeps the number of characters, so a position in the folded text is a position in the text.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Traditional characters that the word lists' words are written with in Hong Kong, Macao and Taiwan, each followed by its simplified
/// form. Parties from there write so; only characters with one clear counterpart are here.
const TRADITIONAL: &str = "\
離离撫抚養养費费贍赡財财產产繼继遺遗囑嘱勞劳動动資资僱雇傭佣員员廠厂傷伤償偿斷断辭辞職职車车禍祸\
駕驾駛驶輛辆責责險险單单貸贷銀银帳账賬账戶户錢钱債债還还給给據据條条約约圖图書书買买賣卖賃赁樓楼\
鄰邻業业區区權权證证鋪铺裝装築筑設设備备電电聲声擾扰牆墙開开關关徵征補补遷迁農农鄉乡鎮镇醫医療疗\
術术藥药診诊護护騙骗詐诈賭赌盜盗竊窃殺杀毆殴罰罚處处務务網网購购貨货質质問问題题訓训學学課课師师\
團团遊游運运輸输傳传億亿萬万與与個个們们說说請请謝谢爭争議议協协調调訴诉訟讼審审執执監监獄狱檢检\
報报違违規规稅税簽签標标專专創创複复經经營营東东續续轉转讓让勝胜敗败歲岁兒儿媽妈爺爷孫孙親亲懷怀\
禮礼訂订結结紙纸寵宠貓猫鬥斗鬧闹額额總总記记錄录優优會会館馆飯饭導导壞坏價价幣币貪贪賄贿狀状際际\
變变採采納纳繳缴連连帶带擔担蹤踪頭头臉脸氣气熱热燈灯機机構构";

static FORMS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let characters: Vec<char> = TRADITIONAL.chars().filter(|c| !c.is_whitespace()).collect();
    characters.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
});

/// The comparable form of one character.
pub fn fold(character: char) -> char {
    match character {
        c if c.is_ascii() => {
            if c.is_ascii_whitespace() {
                ' '
            } else {
                c.to_ascii_lowercase()
            }
        }
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xfee0).map_or(character, |c| c.to_ascii_lowercase())
        }
        c => FORMS.get(&c).copied().unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_and_script() {
        let folded: String = "ＰＯＳ　離婚 財產".chars().map(fold).collect();
        assert_eq!(folded, "pos 离婚 财产");
    }

    #[test]
    fn the_table_is_made_of_pairs() {
        let characters = TRADITIONAL.chars().filter(|c| !c.is_whitespace()).count();
        assert_eq!(characters % 2, 0);
        assert_eq!(fold('遷'), '迁');
        assert_eq!(fold('構'), '构', "the last pair is still in step");
        // no simplified form may itself be folded further
        for simple in FORMS.values() {
            assert_eq!(fold(*simple), *simple);
        }
    }
}
