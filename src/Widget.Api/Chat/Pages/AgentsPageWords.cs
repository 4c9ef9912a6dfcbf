namespace Widget.Api.Chat.Pages;

/// <summary>The texts of the page of agents in one language.</summary>
/// <param name="Title">The title in a tab; {0} is the company.</param>
/// <param name="Heading">The heading.</param>
/// <param name="Search">What the field for searches is for.</param>
/// <param name="Find">The button that searches.</param>
/// <param name="Topics">What the list of tags is.</param>
/// <param name="All">The link that shows all agents.</param>
/// <param name="Own">What the company's own assistant is.</param>
/// <param name="Talk">The link to an agent; {0} is its name.</param>
/// <param name="More">The link to the next page.</param>
/// <param name="None">Shown if no agent matches.</param>
internal sealed record AgentsPageWords(
    string Title,
    string Heading,
    string Search,
    string Find,
    string Topics,
    string All,
    string Own,
    string Talk,
    string More,
    string None)
{
    private static readonly AgentsPageWords English = new(
        "{0}: choose your assistant",
        "Who do you want to talk to?",
        "Search assistants",
        "Search",
        "Topics",
        "All",
        "Our usual assistant",
        "Talk to {0}",
        "Show more",
        "No assistant matches your search.");

    private static readonly AgentsPageWords German = new(
        "{0}: Assistent auswählen",
        "Mit wem möchten Sie sprechen?",
        "Assistenten suchen",
        "Suchen",
        "Themen",
        "Alle",
        "Unser üblicher Assistent",
        "Mit {0} sprechen",
        "Mehr anzeigen",
        "Kein Assistent passt zu Ihrer Suche.");

    private static readonly AgentsPageWords Spanish = new(
        "{0}: elija su asistente",
        "¿Con quién quiere hablar?",
        "Buscar asistentes",
        "Buscar",
        "Temas",
        "Todos",
        "Nuestro asistente habitual",
        "Hablar con {0}",
        "Mostrar más",
        "Ningún asistente coincide con su búsqueda.");

    private static readonly AgentsPageWords Arabic = new(
        "{0}: اختر مساعدك",
        "مع من تريد التحدث؟",
        "ابحث عن مساعد",
        "بحث",
        "المواضيع",
        "الكل",
        "مساعدنا المعتاد",
        "تحدث مع {0}",
        "عرض المزيد",
        "لا يوجد مساعد يطابق بحثك.");

    /// <summary>Returns the texts of a language.</summary>
    public static AgentsPageWords Of(string locale) => locale switch
    {
        "de" => German,
        "es" => Spanish,
        "ar" => Arabic,
        _ => English,
    };
}
