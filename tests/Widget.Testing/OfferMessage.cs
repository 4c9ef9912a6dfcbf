namespace Widget.Testing;

/// <summary>A visitor's message and what it calls for, by its author's judgement. tests/data/offers/README.md says who wrote it.</summary>
/// <param name="Language">ISO 639-1.</param>
/// <param name="Offers">The names of the offers, in alphabetical order.</param>
/// <param name="Email">The visitor's own e-mail address in it, in lower case; null if there is none.</param>
/// <param name="Phone">The visitor's own telephone number in it, as E.164; null if there is none.</param>
/// <param name="Region">Where the visitor is, ISO 3166-1 alpha-2; null if that is not known.</param>
/// <param name="Text">The message.</param>
public sealed record OfferMessage(
    string Language,
    IReadOnlyList<string> Offers,
    string? Email,
    string? Phone,
    string? Region,
    string Text)
{
    /// <summary>Messages that the classifier is fitted on, by author. Each part is also measured with the other parts alone.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<OfferMessage> Messages)> Fit() =>
        [.. new[] { "fit", "fit-ordinary", "fit-mixed", "fit-refusals" }.Select(name => (name, Load($"{name}.tsv")))];

    /// <summary>More messages that the classifier is fitted on. They are alike, so nothing is measured on them.</summary>
    public static IReadOnlyList<OfferMessage> FitMore() => Load("fit-more.tsv");

    /// <summary>Messages with contact details, for the reader of these.</summary>
    public static IReadOnlyList<OfferMessage> Contacts() => Load("contacts-fit.tsv");

    /// <summary>Messages of another author. Thresholds were chosen with them; nothing is fitted on them.</summary>
    public static IReadOnlyList<OfferMessage> Validation() => Load("validation.tsv");

    /// <summary>Messages of yet another author. Nothing was chosen with them.</summary>
    public static IReadOnlyList<OfferMessage> HeldOut() => Load("heldout.tsv");

    /// <summary>Refusals and the like of another author. Nothing was chosen with them.</summary>
    public static IReadOnlyList<OfferMessage> HeldOutRefusals() => Load("heldout-refusals.tsv");

    /// <summary>Messages that a test checks. Nothing was chosen with them.</summary>
    public static IReadOnlyList<OfferMessage> Checks() => Load("checks.tsv");

    private static IReadOnlyList<OfferMessage> Load(string file) =>
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "tests", "data", "offers", file))
            .Skip(1)
            .Select(line => line.Split('\t'))
            .Select(fields => new OfferMessage(
                fields[0],
                [.. fields[1].Split(',', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)],
                Given(fields[2]),
                Given(fields[3]),
                Given(fields[4]),
                fields[5])),
    ];

    private static string? Given(string field) => field.Trim() is { Length: > 0 } given ? given : null;
}
