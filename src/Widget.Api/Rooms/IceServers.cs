using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Configuration;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Rooms;

/// <summary>The STUN and TURN servers of calls (WIDGET_STUN_URLS, WIDGET_TURN_URLS, WIDGET_TURN_SECRET).</summary>
public sealed record IceOptions
{
    /// <summary>Such as <c>stun:turn.example.com:3478</c>.</summary>
    public IReadOnlyList<string> StunUrls { get; init; } = [];

    /// <summary>Such as <c>turn:turn.example.com:3478?transport=udp</c>.</summary>
    public IReadOnlyList<string> TurnUrls { get; init; } = [];

    /// <summary>coturn's <c>static-auth-secret</c>.</summary>
    public string? TurnSecret { get; init; }

    /// <summary>How long new credentials can be used to begin a call. A call in progress is not cut.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    internal static IceOptions Read(Variables variables)
    {
        var options = new IceOptions
        {
            StunUrls = variables.List("WIDGET_STUN_URLS"),
            TurnUrls = variables.List("WIDGET_TURN_URLS"),
            TurnSecret = variables.Text("WIDGET_TURN_SECRET"),
        };
        Check(variables, "WIDGET_STUN_URLS", options.StunUrls, "stun:", "stuns:", "stun:turn.example.com:3478");
        Check(variables, "WIDGET_TURN_URLS", options.TurnUrls, "turn:", "turns:", "turn:turn.example.com:3478?transport=udp");
        if (options.TurnUrls.Count > 0 && options.TurnSecret is null)
            variables.Errors.Add("WIDGET_TURN_SECRET is not set. It is the static-auth-secret of the servers in WIDGET_TURN_URLS.");
        if (options is { TurnUrls.Count: 0, TurnSecret: not null })
            variables.Errors.Add("WIDGET_TURN_SECRET is set, but WIDGET_TURN_URLS, the addresses of the TURN servers, is not.");
        return options;
    }

    private static void Check(Variables variables, string name, IReadOnlyList<string> urls, string scheme, string secure, string example) =>
        variables.Errors.AddRange(urls
            .Where(url => !url.StartsWith(scheme, StringComparison.Ordinal) && !url.StartsWith(secure, StringComparison.Ordinal))
            .Select(url => $"{name} contains \"{url}\". Write each address as {example}."));
}

/// <summary>Credentials for TURN that work for a limited time.</summary>
internal sealed class IceServers(IceOptions options, TimeProvider clock)
{
    public static void MapIceServers(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/webrtc/config", Get).WithTags("Rooms").RequireCors(Policies.AnyOrigin)
            .ForRoomCallers().ProducesProblem(401)
            .WithSummary("Get the STUN and TURN servers for a call, with credentials that expire");

    /// <summary>
    /// The servers for one caller. coturn's scheme (draft-uberti-behave-turn-rest-00, README.turnserver): the name is the time until which
    /// an allocation can be made and the caller's id, and the password is base64(HMAC-SHA1(secret, name)).
    /// </summary>
    public WebRtcConfig For(string caller)
    {
        var servers = new List<IceServer>();
        if (options.StunUrls.Count > 0) servers.Add(new IceServer(options.StunUrls));
        if (options is not { TurnUrls.Count: > 0, TurnSecret: { } secret }) return new WebRtcConfig(servers, null);
        var name = string.Create(CultureInfo.InvariantCulture, $"{(clock.GetUtcNow() + options.Lifetime).ToUnixTimeSeconds()}:{caller}");
#pragma warning disable CA5350 // The scheme of TURN servers; HMAC-SHA1 is not broken.
        var password = Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(name)));
#pragma warning restore CA5350
        servers.Add(new IceServer(options.TurnUrls, name, password));
        return new WebRtcConfig(servers, (int)options.Lifetime.TotalSeconds);
    }

    // The name is in the TURN server's log, so it says which tenant and no more.
    private static Ok<WebRtcConfig> Get(RoomCaller caller, IceServers servers, HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(servers.For($"{caller.Tenant.Value:N}"));
    }
}
