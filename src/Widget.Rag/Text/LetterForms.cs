namespace Widget.Rag.Text;

/// <summary>
/// Composes and decomposes letters with marks (Unicode Standard Annex 15), and replaces full-width, half-width and Arabic presentation
/// forms. The server runs without ICU, so the runtime's own normalisation does nothing. The tables cover Latin, Greek, Cyrillic, Arabic,
/// kana and Hangul.
/// </summary>
internal static class LetterForms
{
    private const char FirstHalfWidthKana = '\uFF65';

    private const string HalfWidthKana =
        "・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u3099\u309A";

    // Letters and what they are with a mark, in pairs, by the mark.
    private static readonly Dictionary<char, string> WithMark = new()
    {
        // Combining grave accent
        ['\u0300'] = "AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜNǸnǹЕЀИЍеѐиѝĒḔēḕŌṐōṑWẀwẁÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳἀἂἁἃἈἊἉἋἐἒἑἓἘἚἙἛἠἢἡἣἨἪἩἫ"
            + "ἰἲἱἳἸἺἹἻὀὂὁὃὈὊὉὋὐὒὑὓὙὛὠὢὡὣὨὪὩὫαὰεὲηὴιὶοὸυὺωὼΑᾺΕῈΗῊ᾿῍ϊῒΙῚ῾῝ϋῢΥῪ¨῭ΟῸΩῺ",
        // Combining acute accent
        ['\u0301'] = "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÜǗüǘGǴgǵÅǺåǻÆǼæǽØǾøǿ¨΅ΑΆΕΈΗΉΙΊΟΌΥΎΩΏϊΐαάεέηήιίϋΰοόυύ"
            + "ωώϒϓГЃКЌгѓкќÇḈçḉĒḖēḗÏḮïḯKḰkḱMḾmḿÕṌõṍŌṒōṓPṔpṕŨṸũṹWẂwẃÂẤâấĂẮăắÊẾêếÔỐôốƠỚơớƯỨưứἀἄἁἅἈἌἉἍἐἔἑἕἘἜἙἝἠἤἡἥἨἬἩἭ"
            + "ἰἴἱἵἸἼἹἽὀὄὁὅὈὌὉὍὐὔὑὕὙὝὠὤὡὥὨὬὩὭ᾿῎῾῞",
        // Combining circumflex accent
        ['\u0302'] = "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷZẐzẑẠẬạậẸỆẹệỌỘọộ",
        // Combining tilde
        ['\u0303'] = "AÃNÑOÕaãnñoõIĨiĩUŨuũVṼvṽÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ",
        // Combining macron
        ['\u0304'] = "AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖÄǞäǟȦǠȧǡÆǢæǣǪǬǫǭÖȪöȫÕȬõȭȮȰȯȱYȲyȳИӢиӣУӮуӯGḠgḡḶḸḷḹṚṜṛṝαᾱΑᾹιῑΙῙυῡΥῩ",
        // Combining breve
        ['\u0306'] = "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭУЎИЙийуўЖӁжӂАӐаӑЕӖеӗȨḜȩḝẠẶạặαᾰΑᾸιῐΙῘυῠΥῨ",
        // Combining dot above
        ['\u0307'] = "CĊcċEĖeėGĠgġIİZŻzżAȦaȧOȮoȯBḂbḃDḊdḋFḞfḟHḢhḣMṀmṁNṄnṅPṖpṗRṘrṙSṠsṡŚṤśṥŠṦšṧṢṨṣṩTṪtṫWẆwẇXẊxẋYẎyẏſẛ",
        // Combining diaeresis
        ['\u0308'] = "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸΙΪΥΫιϊυϋϒϔЕЁІЇеёіїАӒаӓӘӚәӛЖӜжӝЗӞзӟИӤиӥОӦоӧӨӪөӫЭӬэӭУӰуӱЧӴчӵЫӸыӹHḦhḧÕṎõṏŪṺūṻWẄ"
            + "wẅXẌxẍtẗ",
        // Combining hook above
        ['\u0309'] = "AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ",
        // Combining ring above
        ['\u030A'] = "AÅaåUŮuůwẘyẙ",
        // Combining double acute accent
        ['\u030B'] = "OŐoőUŰuűУӲуӳ",
        // Combining caron
        ['\u030C'] = "CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚGǦgǧKǨkǩƷǮʒǯjǰHȞhȟ",
        // Combining double grave accent
        ['\u030F'] = "AȀaȁEȄeȅIȈiȉOȌoȍRȐrȑUȔuȕѴѶѵѷ",
        // Combining inverted breve
        ['\u0311'] = "AȂaȃEȆeȇIȊiȋOȎoȏRȒrȓUȖuȗ",
        // Combining comma above
        ['\u0313'] = "αἀΑἈεἐΕἘηἠΗἨιἰΙἸοὀΟὈυὐωὠΩὨρῤ",
        // Combining reversed comma above
        ['\u0314'] = "αἁΑἉεἑΕἙηἡΗἩιἱΙἹοὁΟὉυὑΥὙωὡΩὩρῥΡῬ",
        // Combining horn
        ['\u031B'] = "OƠoơUƯuư",
        // Combining dot below
        ['\u0323'] = "BḄbḅDḌdḍHḤhḥKḲkḳLḶlḷMṂmṃNṆnṇRṚrṛSṢsṣTṬtṭVṾvṿWẈwẉZẒzẓAẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵ",
        // Combining diaeresis below
        ['\u0324'] = "UṲuṳ",
        // Combining ring below
        ['\u0325'] = "AḀaḁ",
        // Combining comma below
        ['\u0326'] = "SȘsșTȚtț",
        // Combining cedilla
        ['\u0327'] = "CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţEȨeȩDḐdḑHḨhḩ",
        // Combining ogonek
        ['\u0328'] = "AĄaąEĘeęIĮiįUŲuųOǪoǫ",
        // Combining circumflex accent below
        ['\u032D'] = "DḒdḓEḘeḙLḼlḽNṊnṋTṰtṱUṶuṷ",
        // Combining breve below
        ['\u032E'] = "HḪhḫ",
        // Combining tilde below
        ['\u0330'] = "EḚeḛIḬiḭUṴuṵ",
        // Combining macron below
        ['\u0331'] = "BḆbḇDḎdḏKḴkḵLḺlḻNṈnṉRṞrṟTṮtṯZẔzẕhẖ",
        // Combining greek perispomeni
        ['\u0342'] = "ἀἆἁἇἈἎἉἏἠἦἡἧἨἮἩἯἰἶἱἷἸἾἹἿὐὖὑὗὙὟὠὦὡὧὨὮὩὯαᾶ¨῁ηῆ᾿῏ιῖϊῗ῾῟υῦϋῧωῶ",
        // Combining greek ypogegrammeni
        ['\u0345'] = "ἀᾀἁᾁἂᾂἃᾃἄᾄἅᾅἆᾆἇᾇἈᾈἉᾉἊᾊἋᾋἌᾌἍᾍἎᾎἏᾏἠᾐἡᾑἢᾒἣᾓἤᾔἥᾕἦᾖἧᾗἨᾘἩᾙἪᾚἫᾛἬᾜἭᾝἮᾞἯᾟὠᾠὡᾡὢᾢὣᾣὤᾤὥᾥὦᾦὧᾧὨᾨὩᾩὪᾪὫᾫὬᾬὭᾭὮᾮὯᾯὰᾲαᾳ"
            + "άᾴᾶᾷΑᾼὴῂηῃήῄῆῇΗῌὼῲωῳώῴῶῷΩῼ",
        // Arabic maddah above
        ['\u0653'] = "اآ",
        // Arabic hamza above
        ['\u0654'] = "اأوؤيئەۀہۂےۓ",
        // Arabic hamza below
        ['\u0655'] = "اإ",
        // Combining katakana-hiragana voiced sound mark
        ['\u3099'] = "かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼうゔゝゞカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボウヴワヷヰヸヱヹヲヺヽヾ",
        // Combining katakana-hiragana semi-voiced sound mark
        ['\u309A'] = "はぱひぴふぷへぺほぽハパヒピフプヘペホポ",
    };

    private static readonly Dictionary<(char Letter, char Mark), char> Composed = WithMark
        .SelectMany(mark => mark.Value.Chunk(2).Select(pair => (Key: (pair[0], mark.Key), Value: pair[1])))
        .ToDictionary(pair => pair.Key, pair => pair.Value);

    private static readonly Dictionary<char, (char Letter, char Mark)> Decomposed =
        Composed.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>Returns the letter with the mark as one character; null when there is none.</summary>
    public static char? Compose(char letter, char mark) =>
        Composed.TryGetValue((letter, mark), out var composed) ? composed : Syllable(letter, mark);

    /// <summary>Returns the letter without its marks.</summary>
    public static char WithoutMarks(char letter)
    {
        while (Decomposed.TryGetValue(letter, out var parts)) letter = parts.Letter;
        return letter;
    }

    /// <summary>Returns the ordinary characters for a full-width, half-width or presentation form; null for other characters.</summary>
    public static string? Ordinary(char character) => character switch
    {
        >= '\uFF01' and <= '\uFF5E' => ((char)(character - 0xFEE0)).ToString(),
        >= FirstHalfWidthKana and <= '\uFF9F' => HalfWidthKana[character - FirstHalfWidthKana].ToString(),
        >= '\uFB50' and <= '\uFEFC' => ArabicForms.Ordinary(character),
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' or 'ﬆ' => "st",
        _ => null,
    };

    // Unicode Standard, 3.12, "Conjoining Jamo Behavior".
    private static char? Syllable(char first, char second)
    {
        const int FinalCount = 28;
        if (first is >= '\u1100' and <= '\u1112' && second is >= '\u1161' and <= '\u1175')
            return (char)(0xAC00 + ((((first - 0x1100) * 21) + second - 0x1161) * FinalCount));
        if (first is >= '\uAC00' and <= '\uD7A3' && (first - 0xAC00) % FinalCount == 0 && second is >= '\u11A8' and <= '\u11C2')
            return (char)(first + second - 0x11A7);
        return null;
    }
}
