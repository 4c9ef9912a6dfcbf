using Widget.Contracts;

namespace Widget.Admin.Analytics;

/// <summary>A figure that the page shows large.</summary>
/// <param name="Name">The figure's name in the API, which also selects the conversations behind it.</param>
/// <param name="Value">The number.</param>
/// <param name="Share">
/// The share shown below the number, 1 for 100 %. Null if the figure has none; the function returns null if there is nothing to divide by.
/// </param>
public sealed record Figure(string Name, Func<AnalyticsFigures, decimal> Value, Func<AnalyticsFigures, double?>? Share = null)
{
    public static IReadOnlyList<Figure> All { get; } =
    [
        new("conversations", figures => figures.Conversations),
        new("engaged", figures => figures.Engaged, figures => Ratio(figures.Engaged, figures.Conversations)),
        new("answered", figures => figures.Answered, figures => Ratio(figures.Answered, Answers(figures))),
        new("quoted", figures => figures.Quoted, figures => Ratio(figures.Quoted, Answers(figures))),
        new("notFound", figures => figures.NotFound, figures => Ratio(figures.NotFound, Answers(figures))),
        new("handoffs", figures => figures.Handoffs, figures => Ratio(figures.Accepted, figures.Handoffs)),
        new("leads", figures => figures.Leads, figures => Ratio(figures.Leads, figures.Engaged)),
        new("meetings", figures => figures.Meetings, figures => Ratio(figures.Meetings, figures.Leads)),
        new("calls", figures => figures.Calls),
        new("ratedUp", figures => figures.RatedUp, figures => Ratio(figures.RatedUp, figures.RatedUp + figures.RatedDown)),
    ];

    /// <summary>All answers, however they were produced.</summary>
    public static long Answers(AnalyticsFigures figures) =>
        figures.Answered + figures.Quoted + figures.Suggested + figures.NotFound + figures.Failed;

    private static double? Ratio(long part, long whole) => whole == 0 ? null : (double)part / whole;
}
