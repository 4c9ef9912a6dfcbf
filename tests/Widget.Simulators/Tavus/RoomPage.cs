using Microsoft.AspNetCore.Http.HttpResults;

namespace Widget.Simulators.Tavus;

/// <summary>
/// The page at a conversation's URL, for pages that show the room in a frame: a minimal version of Daily's own interface, with a drawn
/// avatar (<c>room.html</c>, <c>avatar.js</c>, <c>voice.js</c>). It passes the call's messages on to a page that embeds it.
/// </summary>
internal static class RoomPage
{
    public static ContentHttpResult Html => TypedResults.Content(Read("room.html"), "text/html; charset=utf-8");

    public static IResult Script(string name) =>
        name is "avatar" or "voice"
            ? TypedResults.Content(Read($"{name}.js"), "text/javascript; charset=utf-8")
            : TypedResults.NotFound();

    private static string Read(string name)
    {
        using var stream = typeof(RoomPage).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
