using System.Text.RegularExpressions;

namespace Widget.Rag.Search;

/// <summary>A sign that a question is about something seen, shown or heard. A negative weight marks a phrase that only sounds so.</summary>
/// <param name="Weight">Added to the question's score.</param>
/// <param name="Says">What such a question does, to follow "the question".</param>
/// <param name="Pattern">Pattern that matches the sign.</param>
internal sealed record RouterRule(int Weight, string Says, Regex Pattern)
{
    /// <summary>Returns the words that match; null when there are none, or when a busy processor makes the match time out.</summary>
    public string? Find(string question)
    {
        try
        {
            return Pattern.Match(question) is { Success: true } match ? match.Value.Trim() : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }
}

/// <summary>
/// The signs that <see cref="QuestionRouter"/> adds up. The rules of all languages apply at once, because a short question seldom reveals
/// its language. Derived from the odd lines of tests/data/router-questions.tsv and measured on the even ones (the <c>router</c> benchmark).
/// </summary>
internal static class RouterRules
{
    // Things to look at or listen to. Mentioning one does not yet ask for it.
    private const string Media =
        """(?:videos?|clips?|photos?|pictures?|images?|screenshots?|screen ?casts?|illustrations?|drawings?|diagrams?|charts?|"""
            + """graphs?|(?:heat |site |street )?maps?|floor ?plans?|slides?|recordings?|footage|webinars?|"""
            + """podcasts?(?: episodes?)?|tutorials?|animations?|demos?|demonstrations?|walk-?throughs?|previews?|samples?)""";

    public static IReadOnlyList<RouterRule> All { get; } =
    [
        .. English(),
        .. German(),
        .. Spanish(),
        .. French(),
        .. Italian(),
        .. Portuguese(),
    ];

    private static IEnumerable<RouterRule> English() =>
    [
        Rule(2, "asks to be shown",
            """\b(?:show|display|demonstrate|demo|walk)\b(?: \w+)? ?(?:me|us|how|the|what|where|a|you)\b"""),
        Rule(2, "asks to be shown",
            """\bwalk (?:me|us) through\b""",
            """\bstep by step\b.*\bscreen\b""",
            """\b(?:watch|preview)\b(?! my| your| our)""",
            """\b(?:can|could|let|may) (?:i|we|me|us) (?:see|hear|watch|view|get a look)\b(?! (?:if|whether|how much|my|our|a copy|,))""",
            """\b(?:like|love|want) to (?:see|watch|hear)\b(?! (?:if|whether|a return|my))""",
            """\b(?:see|watch) (?:how|what|where)\b""",
            """\bsend (?:me )?an? (?:\w+ ){0,2}(?:photo|picture|image|video)\b""",
            """\bpoint (?:me|us) to\b""",
            """\bplay the\b"""),
        Rule(2, "asks to be shown",
            """\b(?:virtual|product|guided|video) tour\b""",
            """\b(?:quick|live|short|a|the) (?:demo|demonstration|walk-?through)\b""",
            """\bbefore and after\b""",
            """\bclose.?up\b"""),
        Rule(2, "asks what something looks like",
            """\b(?:what|how)\b.{0,60}\blooks?\b(?: like| in| on| from)?""",
            """\bdoes .{0,50}\blook (?:more|like|good)\b""",
            """\bshould .{0,40}\blook\b"""),
        Rule(2, "asks what something looks like",
            """\bwh(?:at|ich) (?:shape|pattern|text appears|is shown|symbols?|colou?r (?:is|are|was) .{0,40}\b(?:in|on) (?:the|"""
                + """your|this))\b""",
            """\bby sight\b""",
            """\bfrom (?:behind|above|the side)\b""",
            """\b(?:shiny|matte?|glossy)\b""",
            """\brecogni[sz]e\b""",
            """\btell\b.{0,40}\b(?:apart|from the)\b""",
            """\b(?:wearing|engraved|embroidered)\b""",
            """\b(?:lay-?out|floor ?plan)\b""",
            """\bseating plan\b"""),
        Rule(2, "asks about something shown",
            $$"""\b(?:in|on|from|at|of) (?:the|your|this|that|a) (?:\w+ ){0,2}{{Media}}\b"""),
        Rule(2, "asks about something shown",
            $$"""\b(?:is|are) there (?:a|an|any|some)\b.{0,25}\b{{Media}}\b""",
            $$"""\b(?:do you have|have you(?: got)?|do you offer)\b.{0,25}\b{{Media}}\b""",
            $$"""\b(?:any|got(?: a| an)?) {{Media}}\b""",
            $$"""\bwhich {{Media}}\b""",
            $$"""\b(?:in|on) (?:your|the) \w+ {{Media}}\b"""),
        Rule(1, "asks about something shown",
            $$"""\b{{Media}}\b"""),
        Rule(2, "asks where on the screen",
            """\b(?:wh(?:ere|at|ich)|where's|can'?t find|find)\b.{0,60}\b(?:buttons?|menus?|icons?|tabs?|toggles?|search bar|"""
                + """sidebar|dialog|pop-?up|panel|drop-?down|arrows?|corner|port|sockets?|switch)\b""",
            """\b(?:do|should|can|must) i (?:click|tap|press)\b""",
            """\bwhere (?:do|can|would) i (?:find|see|get to)\b.{0,40}\b(?:options?|filters?|settings?|page|screen|app|list|view)\b""",
            """\bwhere (?:exactly |about )?(?:is|are|does|do) the \w+(?: \w+)?(?: sits?| go)? (?:on|in|of|under|behind) (?:the|my|"""
                + """this|that)\b""",
            """\bwhich (?:page|screen|view|part) (?:shows|do i|is|has)\b""",
            """\bwhich (?:light|lamp|led)s?\b""",
            """\bafter i (?:press|click|tap)\b""",
            """\bpop-?up\b""",
            """\b(?:interface|dark mode|on (?:this|the) (?:page|screen))\b""",
            """\bwhere\b.{0,20}\b(?:in|on) the (?:app|screen|page|device|bike|box)\b""",
            """\b(?:on the )?(?:left|right|top|bottom) (?:of|side|corner)\b""",
            """\b(?:symbols?|badges?|labels?)\b"""),
        Rule(1, "asks about something shown",
            """\b(?:screens?|dashboards?|logos?|icons?|colou?rs?|visual\w*)\b"""),
        Rule(2, "asks about a sound or a light",
            """\bhow (?:does|do|would|loud|is)\b.{0,40}\b(?:sounds?|goes?|loud)\b""",
            """\bhow loud\b""",
            """\b(?:beeps?|ring ?tones?|jingles?|noises?|humm?(?:s|ing)|rattl\w+|clicking|squeak\w*|buzz\w*|blinks?|blinking|"""
                + """flash(?:es|ing)?|melody|hear a)\b""",
            """\b(?:said?|mention\w*|talk\w*|explain\w*|speaker)\b.{0,40}\b(?:keynote|webinar|recording|video|podcast|talk)\b""",
            """\bwhat did the speaker\b"""),
        Rule(-3, "speaks of cost, terms or numbers",
            """\bhow (?:much|many|heavy|often)\b(?! .{0,20}\bloud)""",
            """\b(?:prices?|priced|pricing (?:of|for)|costs?|fees?|discounts?|refunds?|charged|vat|payments?|opening hours|"""
                + """order|ship|sell|priced|covered|cover|warranty|guarantee|insurance|"""
                + """included?|supports?|supported|limits?|formats?|licen[cs]e|tender|expensive|cheap\w*|terms|bill|account|"""
                + """cancel|save)\b"""),
        Rule(-3, "only speaks that way",
            """^(?:look|see|so|well)\b,?""",
            """\bi see\b""",
            """\blet me see,""",
            """\bsee (?:if|whether|many|a return|that|why)\b""",
            """\bdo you see\b""",
            """\b(?:it|that|this)? ?(?:looks?|sounds?|seems) (?:like (?:a|my|you|we|it|i)|good|great)\b""",
            """\blook(?:ing)? (?:for|up|around|into|forward)\b""",
            """\bi hear\b""",
            """\bwatch my\b""",
            """\btrade show\b"""),
        Rule(-3, "speaks of its own pictures or recordings",
            $$"""\b(?:upload|embed|edit|delete|export|download|print|record|host|attach|store|insert|convert|share|take|develop|"""
                + $$"""use (?:my|our) own)\b(?: \w+){0,3} ?{{Media}}\b""",
            $$"""\bmy (?:own )?(?:\w+ )?{{Media}}\b""",
            """\b(?:next|when is the) webinar\b"""),
        Rule(-3, "names a product, not a picture",
            """\bscreen protectors?\b""",
            """\bdemo days?\b""",
            """\b(?:video|graphics|sound|gift) cards?\b""",
            """\bdemo accounts?\b""",
            """\b(?:photo|picture) books?\b""",
            """\b(?:screen|colou?r|photo) (?:print\w*|samples?|size)\b""",
            """\b(?:picture|image|sound) (?:quality|insulation|systems?)\b""",
            """\b(?:graphic|logo|visual) (?:design\w*|identity)\b""",
            """\bscreen size\b""",
            """\bslide deck\b""",
            """\bin (?:red|blue|green|black|white)\b""",
            """\bavailable in\b""",
            """\btours? in\b"""),
    ];

    private static IEnumerable<RouterRule> German() =>
    [
        Rule(2, "asks to see or hear something",
            """\bzeig(?:en|t|e|st)?\b""",
            """\b(?:aussieht|aussehen|ausschaut)\b""",
            """\bsieht\b(?! es)\b.{0,50}\baus\b""",
            """\bvorführ\w*""",
            """\bworan erkenn\w*""",
            """\bwelche farbe hat\b""",
            """\b(?:knopf|taste|schaltfläche|symbol|menü|reiter)\b""",
            """\bklick\w*""",
            """\bwo sehe ich\b""",
            """\bwo finde ich\b.{0,25}\b(?:app|einstellung\w*|seite|menü\w*)\b""",
            """\b(?:foto|bild) von\b.{0,40}\b(?:schick|send)\w*""",
            """\bwas zeigt\b""",
            """\b(?:wie )?klingt\b(?! gut)""",
            """\bauf welche[rm]\b""",
            """\babbildung\w*""",
            """\bschaltplan\b""",
            """\bfolien?\b"""),
        Rule(2, "asks to see or hear something",
            """\b(?:gibt es|haben sie|hätten sie)\b.{0,20}\b(?:videos?|fotos?|bilder|bild|aufnahmen?|skizzen?|zeichnung)\b""",
            """\bauf dem (?:bild|foto)\b""",
            """\bim (?:video|film)\b"""),
        Rule(1, "asks to see or hear something",
            """\b(?:bild(?:er)?|bildschirm\w*|oberfläche|grafik)\b"""),
        Rule(-3, "speaks of cost, terms or numbers",
            """\b(?:kosten|kostet|preis\w*|wie viele|wie lange|wie hoch|garantie|bezahl\w*|zahlung\w*|miete|auflösung|"""
                + """klingt gut|sieht so aus|sehen sie)\b"""),
    ];

    private static IEnumerable<RouterRule> Spanish() =>
    [
        Rule(2, "asks to see or hear something",
            """\bmu[eé]str\w*""",
            """\bmostrar\w*""",
            """\benseñ\w*""",
            """\bcómo (?:se ve|suena|luce|es la pantalla)\b""",
            """\bqué aspecto\b""",
            """\bdemostraci[oó]n\w*""",
            """\bpuedo ver\b(?! (?:mis?|el estado)\b)""",
            """\bpuedes? enseñar\b""",
            """\b(?:botón|icono|menú|pestaña)\b""",
            """\bde qué color\b""",
            """\ben qué pantalla\b""",
            """\b(?:hay|tienen|tenéis)\b.{0,15}\b(?:v[ií]deos?|fotos?|im[aá]gen(?:es)?|planos?|esquemas?|diagramas?|grabaci\w*)\b""",
            """\b(?:en|de) la (?:imagen|foto)\b""",
            """\ben el v[ií]deo\b""",
            """\bpor detrás\b"""),
        Rule(-3, "speaks of cost, terms or numbers",
            """\b(?:cuánt[oa]s?|precio|cuesta|descuento|garantía|horario|envíos?|venden|oferta)\b""",
            """^a ver\b"""),
    ];

    private static IEnumerable<RouterRule> French() =>
    [
        Rule(2, "asks to see or hear something",
            """\bmontr(?:ez|er|e|es)\b""",
            """\bressembl\w*""",
            """\bdémos?\b""",
            """\bd[eé]monstration\b""",
            """\bpuis-je voir\b""",
            """\b(?:bouton|icône|onglet)\b""",
            """\bde quelle couleur\b""",
            """\bsur quel(?:le)? (?:écran|page|image)\b""",
            """\b(?:y a-t-il|avez-vous|existe-t-il)\b.{0,15}\b(?:vid[eé]os?|photos?|images?|schémas?|plans?|captures?|"""
                + """enregistrements?)\b""",
            """\bsur (?:l'|la |le )(?:image|photo|vid[eé]o)\b""",
            """\b(?:quel (?:bruit|son)|quel aspect)\b""",
            """\btableau de bord\b"""),
        Rule(-3, "speaks of cost, terms or numbers",
            """\b(?:combien|prix|garantie|horaires|tarifs?|livraison|facture|je vois)\b"""),
    ];

    private static IEnumerable<RouterRule> Italian() =>
    [
        Rule(2, "asks to see or hear something",
            """\b(?:mostr\w*|f(?:ate|ai|a)(?:mi|ci)? vedere|vedere come)\b""",
            """\bche aspetto\b""",
            """\bdimostrazion\w*""",
            """\bposso vedere\b(?! (?:la mia|il mio)\b)""",
            """\bmand\w+ una foto\b""",
            """\b(?:pulsante|icona|bottone)\b""",
            """\bdi che colore\b""",
            """\bcome suona\b""",
            """\b(?:c'è|avete|ci sono)\b.{0,15}\b(?:video|foto|immagin\w*|schem\w*|disegn\w*|piantin\w*)\b""",
            """\bnell?a? ?(?:foto|immagine|video)\b""",
            """\bschermata\b"""),
        Rule(-3, "speaks of cost, terms or numbers",
            """\b(?:quant[oaie]|prezzo|costa|sconti?|garanzia|vendete|vedo che)\b"""),
    ];

    private static IEnumerable<RouterRule> Portuguese() =>
    [
        Rule(2, "asks to see or hear something",
            """\bmostr(?:e|ar|a|em)\b""",
            """\bdemonstra\w*""",
            """\bposso ver\b(?! (?:a minha|o meu)\b)""",
            """\bonde (?:clico|toco|vejo)\b""",
            """\b(?:botão|ícone)\b""",
            """\bqual é a cor\b""",
            """\bde que cor\b""",
            """\bem que (?:ecrã|tela)\b""",
            """\bcomo é (?:a tela|o ecrã|a página|a interface)\b""",
            """\b(?:tem|têm|há|existe)\b.{0,15}\b(?:v[ií]deos?|fotos?|imagens?|imagem|esquemas?|diagramas?)\b""",
            """\bn[ao] (?:imagem|foto|v[ií]deo)\b""",
            """\bsom d[oae]\b""",
            """\baspecto\b""",
            """\bparece\b"""),
        Rule(-3, "speaks of cost, terms or numbers",
            """\b(?:quant[oa]s?|preço|custa|desconto|garantia|promoção|envio)\b"""),
    ];

    // Not compiled: a visitor would wait for the compilation, and questions are short.
    private static RouterRule Rule(int weight, string says, params string[] patterns) =>
        new(
            weight,
            says,
            new Regex(string.Join('|', patterns), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)));
}
