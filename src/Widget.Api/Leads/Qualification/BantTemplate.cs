using Widget.Contracts;

namespace Widget.Api.Leads.Qualification;

/// <summary>A qualification to begin with: budget, authority, need and timeline (BANT), in the widget's languages.</summary>
internal static class BantTemplate
{
    public static LeadQualification Create() => new()
    {
        Questions =
        [
            Choice(
                "budget",
                30,
                ("What budget do you have in mind?", "Welches Budget haben Sie vorgesehen?", "¿Qué presupuesto tiene previsto?",
                    "ما الميزانية التي خصصتموها؟"),
                ("approved", 100, "A budget is approved", "Das Budget ist freigegeben", "El presupuesto está aprobado", "الميزانية معتمدة"),
                ("planned", 60, "We are planning it", "Wir planen es gerade", "Lo estamos planificando", "نحن نخطط لها"),
                ("none", 0, "Not yet", "Noch keines", "Todavía ninguno", "لا توجد بعد")),
            Choice(
                "authority",
                20,
                ("Who decides about it?", "Wer entscheidet darüber?", "¿Quién decide sobre ello?", "من يتخذ القرار؟"),
                ("me", 100, "I do", "Ich", "Yo", "أنا"),
                ("team", 60, "I do, with others", "Ich mit anderen zusammen", "Yo, junto con otros", "أنا مع آخرين"),
                ("others", 20, "Others", "Andere", "Otros", "آخرون")),
            new QualificationQuestion
            {
                Key = "need",
                Text = "What would you like to achieve?",
                Texts = Texts(
                    "What would you like to achieve?",
                    "Was möchten Sie erreichen?",
                    "¿Qué le gustaría conseguir?",
                    "ما الذي تريدون تحقيقه؟"),
                Kind = QuestionKind.Text,
                Weight = 15,
            },
            Choice(
                "timeline",
                25,
                ("When would you like to start?", "Wann möchten Sie beginnen?", "¿Cuándo le gustaría empezar?", "متى تريدون البدء؟"),
                ("now", 100, "Within a month", "Innerhalb eines Monats", "En un mes", "خلال شهر"),
                ("quarter", 70, "Within three months", "Innerhalb von drei Monaten", "En tres meses", "خلال ثلاثة أشهر"),
                ("year", 30, "This year", "Dieses Jahr", "Este año", "هذا العام"),
                ("open", 0, "I don't know yet", "Das ist noch offen", "Todavía no lo sé", "لا أعرف بعد")),
        ],
    };

    private static QualificationQuestion Choice(
        string key,
        int weight,
        (string En, string De, string Es, string Ar) text,
        params (string Value, int Points, string En, string De, string Es, string Ar)[] answers) => new()
        {
            Key = key,
            Text = text.En,
            Texts = Texts(text.En, text.De, text.Es, text.Ar),
            Kind = QuestionKind.Choice,
            Weight = weight,
            Answers =
        [
            .. answers.Select(answer => new QualificationAnswer
            {
                Value = answer.Value,
                Label = answer.En,
                Labels = Texts(answer.En, answer.De, answer.Es, answer.Ar),
                Points = answer.Points,
            }),
        ],
        };

    private static Dictionary<string, string> Texts(string en, string de, string es, string ar) =>
        new(StringComparer.Ordinal) { ["en"] = en, ["de"] = de, ["es"] = es, ["ar"] = ar };
}
