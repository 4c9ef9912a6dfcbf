using Widget.Rag.Text;

namespace Widget.Rag.Tests.Text;

public sealed class LanguageDetectorShould
{
    [Theory]
    [InlineData("How long does it take until the battery is full?", "en")]
    [InlineData("Our shop in 東京 is the oldest", "en")]
    [InlineData("Wie lange dauert es, bis der Akku voll ist und was kostet das?", "de")]
    [InlineData("¿Cuánto tiempo tarda en cargarse la batería de la bicicleta?", "es")]
    [InlineData("Combien de temps faut-il pour que la batterie soit pleine et est-ce que je peux la changer ?", "fr")]
    [InlineData("Quanto tempo ci vuole perché la batteria sia carica e come si cambia?", "it")]
    [InlineData("Quanto tempo demora para a bateria ficar cheia e como posso trocar uma?", "pt")]
    public void Detect_a_language_by_its_stop_words(string text, string language) =>
        LanguageDetector.Detect(text).ShouldBe(language);

    [Theory]
    [InlineData("كم تستغرق البطارية حتى تمتلئ؟", "ar")]
    [InlineData("电池充满需要多长时间？", "zh")]
    [InlineData("バッテリーの充電にはどのくらい時間がかかりますか", "ja")]
    [InlineData("배터리를 완전히 충전하는 데 얼마나 걸리나요?", "ko")]
    [InlineData("Сколько времени заряжается аккумулятор Tide Step?", "ru")]
    public void Detect_a_language_by_its_script(string text, string language) =>
        LanguageDetector.Detect(text).ShouldBe(language);

    [Theory]
    [InlineData("")]
    [InlineData("Tide Step 500 Wh")]
    public void Not_guess_without_enough_evidence(string text) => LanguageDetector.Detect(text).ShouldBeNull();
}
