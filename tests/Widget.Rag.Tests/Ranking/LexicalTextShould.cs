using Widget.Rag.Own;
using Widget.Rag.Ranking;

namespace Widget.Rag.Tests.Ranking;

public sealed class LexicalTextShould
{
    [Theory]
    [InlineData("Wing/body interference, e.g. the boundary-layer", "Wing body interference e g the boundary layer")]
    [InlineData("don't", "don t")]
    [InlineData("TB-4711", "TB 4711 TB4711")]
    [InlineData("TB4711", "TB4711 TB 4711")]
    [InlineData("mp3 player, b2b", "mp3 player b2b")]
    [InlineData("1,299", "1299")]
    [InlineData("1.299,50 €", "1299.50 u0eur")]
    [InlineData("−20 °C, 5%", "u0minus 20 u0degree 5 u0percent")]
    [InlineData("C++, C#, F# and .NET", "cplusplus csharp fsharp and dotnet")]
    [InlineData("10 - 20 or 10-20", "10 20 or 10 20")]
    [InlineData("25kmh, 5G, 16 GB", "25 kmh 5G 16 GB")]
    [InlineData("1'000'000", "1000000")]
    [InlineData("2,5 or 2.5 l", "2.5 or 2.5 l")]
    [InlineData("version 1.2.3", "version 1 2 3 1.2.3")]
    [InlineData("2024-05-01", "2024 05 01")]
    [InlineData("Über 50-mal", "Über 50 mal 50mal")]
    [InlineData("电池充电", "电池 池充 充电")]
    [InlineData("iPhone用ケース", "iPhone 用ケ ケー ース")]
    [InlineData("車", "車")]
    [InlineData("", "")]
    [InlineData("-- . , ''", "")]
    public void Keep_the_words_that_a_reader_sees(string text, string words) => LexicalText.Prepare(text).TrimEnd().ShouldBe(words);

    [Theory]
    [InlineData("Donau\u00ADdampf\u200Bschiff", "Donaudampfschiff")]
    [InlineData("Cafe\u0301 und Café", "Café und Café")]
    [InlineData("ＳＫＵ　ＴＢ－４７１１", "SKU TB 4711 TB4711")]
    [InlineData("ﬁnance", "finance")]
    [InlineData("warranty¹ of Lumen™", "warranty of Lumen")]
    [InlineData("O’Brien, OʼBrien, O´Brien", "O Brien O Brien O Brien")]
    [InlineData("٢٠٢٦ و ١٬٢٩٩", "2026 و 1299")]
    [InlineData("ｶﾞｲﾄﾞ", "ガイ イド")]
    [InlineData("Auf\u200Clage, shelf\u200Cful", "Auflage shelfful")]
    [InlineData("Auf\u200Clage und می\u200Cخواهم", "Auflage und می خواهم")]
    [InlineData("\u200Cword\u200C", "word")]
    [InlineData("क्\u200Cष", "क् ष")]
    [InlineData("ﭘﺮﺗﻘﺎﻝ ﮔﻞ ﭼﺎی", "پرتقال گل چای")]
    [InlineData("ﭨﻮﭨﺎ ﮨﮯ ﮐﯿﺎ", "ٹوٹا ہے کیا")]
    [InlineData("ﻣَﺪْﺭَﺳَﺔ ﻣﹷﺪﹿﺭ", "مَدْرَسَة مَدْر")]
    [InlineData("ﷲ ﷴ ﳀ", "الله محمد فخ")]
    public void Unify_what_is_encoded_differently(string text, string words) => LexicalText.Prepare(text).TrimEnd().ShouldBe(words);

    [Theory]
    [InlineData("Crème brûlée à Łódź", "Creme brulee a lodz")]
    [InlineData("Straße, smørrebrød", "Strasse smorrebrod")]
    [InlineData("Αθήνα", "Αθηνα")]
    [InlineData("ёлка, йод", "елка йод")]
    [InlineData("مُدَرِّسَةٌ", "مدرسه")]
    [InlineData("إلى أحمد آل", "الي احمد ال")]
    [InlineData("مـــدرسة", "مدرسه")]
    [InlineData("کتاب فارسی", "كتاب فارسي")]
    [InlineData("שָׁלוֹם", "שלום")]
    [InlineData("हिन्दी", "हिन्दी")]
    [InlineData("Tiếng Việt", "Tieng Viet")]
    public void Leave_out_accents_and_vowel_signs(string text, string words) =>
        LexicalText.Fold(LexicalText.Prepare(text)).TrimEnd().ShouldBe(words);

    [Theory]
    [InlineData("Anna O'Brien", "OBrien")]
    [InlineData("Anna O’Brien", "OBrien")]
    [InlineData("D`Angelo and L'Oréal", "Oreal DAngelo LOreal DAngelo LOréal")]
    [InlineData("don't, l'hôtel", "hotel")]
    [InlineData("A plain text.", "")]
    public void Know_the_other_spellings_of_a_text(string text, string spellings) =>
        LexicalText.OtherSpellings(text).Split(' ').Order(StringComparer.Ordinal).Distinct()
            .ShouldBe(spellings.Split(' ').Order(StringComparer.Ordinal).Distinct());

    [Theory]
    [InlineData("waranti", "warranti", 1, 1)]
    [InlineData("hosre", "horse", 1, 1)]
    [InlineData("derail", "derailleur", 2, null)]
    [InlineData("wanderlsutt", "wanderlust", 2, 2)]
    [InlineData("bike", "bike", 1, 0)]
    public void Count_edits(string a, string b, int allowed, int? edits) => Spelling.Edits(a, b, allowed).ShouldBe(edits);

    [Theory]
    [InlineData("the \"front light\" please", "a front light that", 1)]
    [InlineData("the “front light” please", "A FRONT-LIGHT.", 1)]
    [InlineData("„Front light“", "front a light", 0)]
    [InlineData("«front light» and \"rear light\"", "front lights, rear light", 1)]
    [InlineData("a \"light\"", "light", 0)]
    [InlineData("6\" and 7\" screens", "and 7 screens", 0)]
    public void Find_quoted_phrases(string question, string text, int found) =>
        QuotedPhrase.CountIn(QuotedPhrase.In(question), text).ShouldBe(found);
}
