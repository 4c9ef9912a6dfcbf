using Widget.Api.Modes;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>Video, among the ways to talk.</summary>
public sealed class VideoMode(VideoOffer offer) : IModeOffer
{
    public string Mode => "video";

    public IReadOnlyList<string> Needs { get; } = ["webrtc"];

    public async Task<ModeState> StateAsync(TenantId tenant, TenantSettings settings, CancellationToken ct) => await offer.MissingAsync(tenant, settings, ct) switch
    {
        null => new(Mode, Available: true, "Video is on."),
        VideoRefusal.NotOffered => new(Mode, Available: false, "Video is off. Switch useTavusVideo on in the settings."),
        VideoRefusal.NoReplica => new(Mode, Available: false, "No avatar is chosen. Set tavusReplicaId; GET /api/tavus/replicas lists those there are."),
        VideoRefusal.NoKey => new(Mode, Available: false, "There is no key for Tavus. Set one with PUT /api/tavus/key, or have the operator set WIDGET_TAVUS_KEY."),
        _ => new(Mode, Available: false, "This month's video minutes are used up, or kept for calls that are going on. Raise tavusMonthlyMinutes, or wait for the first of the next month."),
    };
}
