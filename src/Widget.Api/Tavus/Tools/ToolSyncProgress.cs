using Widget.Contracts;

namespace Widget.Api.Tavus.Tools;

/// <summary>What a sync of tools has done so far.</summary>
internal sealed class ToolSyncProgress
{
    public List<string> Created { get; } = [];

    public List<string> Updated { get; } = [];

    public List<string> Removed { get; } = [];

    public List<string> Attached { get; } = [];

    public List<string> Problems { get; } = [];

    public ToolSyncReport ToContract() => new(Created, Updated, Removed, Attached, Problems);
}
