using Widget.Api.Reps;
using Widget.Contracts;

namespace Widget.Api.Leads.Owners;

/// <summary>A rep who may get a lead.</summary>
internal sealed record OwnerCandidate
{
    public required RepId Id { get; init; }

    public required string Name { get; init; }

    public bool IsAway { get; init; }

    public RepTerritories Territories { get; init; } = new();

    /// <summary>Null for no limit.</summary>
    public int? LeadsPerDay { get; init; }

    /// <summary>Leads that the rep got on the current day of its time zone.</summary>
    public int LeadsToday { get; init; }

    public DateTimeOffset? LastLeadAt { get; init; }

    public bool IsFree => !IsAway && (LeadsPerDay is not { } limit || LeadsToday < limit);
}

/// <summary>What decides in whose territory a lead is.</summary>
/// <param name="Countries">ISO 3166-1 alpha-2: of the phone number and of the locale.</param>
/// <param name="Language">ISO 639-1; null if it is not known.</param>
/// <param name="Company">The company's domain; null if it is not known.</param>
internal sealed record LeadPlace(IReadOnlyList<string> Countries, string? Language, string? Company);

/// <summary>
/// Chooses the owner of a new lead: the rep with whom the visitor books a meeting; else the owner of the visitor's earlier lead, unless
/// away; else a rep in whose territory the lead is; else any rep, first those without a territory. Of several, the one whose last lead is
/// oldest. Reps who are away, or have reached the day's limit, get no lead by territory or by turn.
/// </summary>
internal static class OwnerChoice
{
    /// <returns>The rep and why, or null if nobody can take the lead.</returns>
    public static (OwnerCandidate Rep, string Reason)? Pick(
        IReadOnlyList<OwnerCandidate> reps,
        LeadPlace place,
        RepId? meetingRep,
        RepId? earlierOwner)
    {
        if (reps.FirstOrDefault(rep => rep.Id == meetingRep) is { } met) return (met, "meeting");
        if (reps.FirstOrDefault(rep => rep.Id == earlierOwner && !rep.IsAway) is { } earlier) return (earlier, "earlier owner");
        var waiting = reps.Where(rep => rep.IsFree)
            .OrderBy(rep => rep.LastLeadAt ?? DateTimeOffset.MinValue)
            .ThenBy(rep => rep.Id.Value)
            .ToList();
        if (waiting.Find(rep => Contains(rep.Territories, place)) is { } local) return (local, "territory");
        var next = waiting.Find(rep => rep.Territories.IsEmpty) ?? waiting.FirstOrDefault();
        return next is null ? null : (next, "turn");
    }

    private static bool Contains(RepTerritories territories, LeadPlace place) =>
        place.Countries.Any(country => territories.Countries.Contains(country, StringComparer.OrdinalIgnoreCase))
        || (place.Language is { } language && territories.Languages.Contains(language, StringComparer.OrdinalIgnoreCase))
        || (place.Company is { } company && territories.Domains.Any(domain => IsWithin(company, domain)));

    private static bool IsWithin(string company, string domain) =>
        company.Equals(domain, StringComparison.OrdinalIgnoreCase) || company.EndsWith($".{domain}", StringComparison.OrdinalIgnoreCase);
}
