using System.Text.Json;
using Widget.Contracts;
using Widget.Platform.Text;

namespace Widget.Api.Agents.Catalogues;

/// <summary>An agent of a catalogue.</summary>
/// <param name="ExternalId">Its id there.</param>
/// <param name="Details">What the catalogue says about it.</param>
internal sealed record CatalogueEntry(string ExternalId, AgentDetails Details);

/// <summary>
/// Reads the entries of a catalogue. Other people's data has errors, so a wrong entry is left out, a wrong part of an entry is left out,
/// and both are reported. The rest is imported.
/// </summary>
internal static class CatalogueEntries
{
    public const int MaxProblems = 100;

    private const int MaxIdLength = 200;
    private const int MaxNameLength = 60;
    private const int MaxTextLength = 2_000;
    private const int MaxVoiceLength = 100;
    private const int MaxTags = 30;
    private const int MaxTagLength = 50;

    /// <summary>Reads a catalogue: an object with a list <c>companions</c> or <c>agents</c>, or only the list.</summary>
    /// <returns>Null if it is none.</returns>
    public static (IReadOnlyList<CatalogueEntry> Entries, IReadOnlyList<AgentImportProblem> Problems)? Read(JsonElement catalogue)
    {
        if (List(catalogue) is not { } list) return null;
        var entries = new Dictionary<string, CatalogueEntry>(StringComparer.Ordinal);
        var problems = new List<AgentImportProblem>();
        var index = 0;
        foreach (var element in list.EnumerateArray())
        {
            ReadEntry(element, index, entries, problems);
            index++;
        }

        return ([.. entries.Values], [.. problems.OrderBy(problem => problem.Imported).Take(MaxProblems)]);
    }

    private static JsonElement? List(JsonElement catalogue)
    {
        if (catalogue.ValueKind == JsonValueKind.Array) return catalogue;
        if (catalogue.ValueKind != JsonValueKind.Object) return null;
        foreach (var name in new[] { "companions", "agents" })
            if (catalogue.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array) return list;
        return null;
    }

    private static void ReadEntry(
        JsonElement element,
        int index,
        Dictionary<string, CatalogueEntry> entries,
        List<AgentImportProblem> problems)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new AgentImportProblem(index, null, "The entry is not an object.", Imported: false));
            return;
        }

        var id = Id(element);
        if (id is null || id.Length > MaxIdLength)
        {
            problems.Add(new AgentImportProblem(index, null, "The entry has no id, or its id is too long.", Imported: false));
            return;
        }

        if (entries.ContainsKey(id))
        {
            problems.Add(new AgentImportProblem(index, id, "An entry before it has the same id.", Imported: false));
            return;
        }

        if (Text(element, "name", MaxNameLength, Report) is not { } name)
        {
            problems.Add(new AgentImportProblem(index, id, "The entry has no name.", Imported: false));
            return;
        }

        var metadata = element.TryGetProperty("metadata", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        var portrait = Text(element, "avatarUrl", 500, Report);
        if (portrait is not null && !IsPicture(portrait))
        {
            Report("avatarUrl is not an https address.");
            portrait = null;
        }

        entries.Add(id, new CatalogueEntry(id, new AgentDetails
        {
            Name = name,
            Description = Text(element, "description", MaxTextLength, Report),
            PortraitUrl = portrait,
            VoiceId = Text(element, "voiceId", MaxVoiceLength, Report),
            Personality = Text(element, "personality", MaxTextLength, Report),
            Age = Age(metadata, Report),
            Tags = Tags(metadata, Report),
        }));

        void Report(string problem) => problems.Add(new AgentImportProblem(index, id, problem, Imported: true));
    }

    private static string? Id(JsonElement element) =>
        !element.TryGetProperty("id", out var id) ? null
        : id.ValueKind == JsonValueKind.Number ? id.GetRawText()
        : id.ValueKind == JsonValueKind.String && id.GetString() is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim()
        : null;

    private static string? Text(JsonElement element, string field, int maxLength, Action<string> report)
    {
        if (!element.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.String)
        {
            report($"{field} is not a text.");
            return null;
        }

        var text = value.GetString()!.Replace("\0", "", StringComparison.Ordinal).Trim();
        if (field == "name") text = VisibleText.Line(text).Trim();
        if (text.Length == 0) return null;
        if (text.Length <= maxLength) return text;
        report($"{field} has more than {maxLength} characters and is shortened.");
        return Truncation.Truncate(text, maxLength);
    }

    private static bool IsPicture(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url)
        && url.UserInfo.Length == 0
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));

    private static int? Age(JsonElement metadata, Action<string> report)
    {
        if (metadata.ValueKind != JsonValueKind.Object
            || !metadata.TryGetProperty("age", out var age)
            || age.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (age.ValueKind == JsonValueKind.Number && age.TryGetInt32(out var years) && years is >= 0 and <= 150) return years;
        report("metadata.age is not a number between 0 and 150.");
        return null;
    }

    private static string[] Tags(JsonElement metadata, Action<string> report)
    {
        if (metadata.ValueKind != JsonValueKind.Object
            || !metadata.TryGetProperty("interests", out var interests)
            || interests.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (interests.ValueKind != JsonValueKind.Array)
        {
            report("metadata.interests is not a list.");
            return [];
        }

        string[] tags =
        [
            .. interests.EnumerateArray()
                .Select(tag => tag.ValueKind == JsonValueKind.String ? VisibleText.Line(tag.GetString()!).Trim() : "")
                .Where(tag => tag.Length is > 0 and <= MaxTagLength)
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];
        if (tags.Length < interests.GetArrayLength() || tags.Length > MaxTags) report("Some of metadata.interests were left out.");
        return tags.Length > MaxTags ? tags[..MaxTags] : tags;
    }
}
