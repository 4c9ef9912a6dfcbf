using Widget.Contracts;

namespace Widget.Admin.Analytics;

/// <summary>A figure that the page shows large.</summary>
/// <param name="Name">As the API names it, so that it lists the conversations behind it.</param>
/// <param name="Value">The number.</param>
/// <param name="Share">What it is a share of; null for nothing.</param>
public sealed record Figure(string Name, Func<AnalyticsFigures, decimal> Value, Func<AnalyticsFigures, double?>? Share = null)
{
    public static IReadOnlyList<Figure> All { get; } =
    [
        new("conversations", figures => figures.Conversations),
        new("engaged", figures => figures.Engaged, figures => Of(figures.Engaged, figures.Conversations)),
        new("answered", figures => figures.Answered, figures => Of(figures.Answered, Answers(figures))),
        new("quoted", figures => figures.Quoted, figures => Of(figures.Quoted, Answers(figures))),
        new("notFound", figures => figures.NotFound, figures => Of(figures.NotFound, Answers(figures))),
        new("handoffs", figures => figures.Handoffs, figures => Of(figures.Accepted, figures.Handoffs)),
        new("leads", figures => figures.Leads, figures => Of(figures.Leads, figures.Engaged)),
        new("meetings", figures => figures.Meetings, figures => Of(figures.Meetings, figures.Leads)),
        new("calls", figures => figures.Calls),
        new("ratedUp", figures => figures.RatedUp, figures => Of(figures.RatedUp, figures.RatedUp + figures.RatedDown)),
    ];

    /// <summary>All answers, however they were produced.</summary>
    public static long Answers(AnalyticsFigures figures) =>
        figures.Answered + figures.Quoted + figures.Suggested + figures.NotFound + figures.Failed;

    private static double? Of(long part, long whole) => whole == 0 ? null : (double)part / whole;
}
