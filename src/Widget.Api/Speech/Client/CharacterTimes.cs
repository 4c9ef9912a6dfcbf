using Microsoft.Extensions.AI;

namespace Widget.Api.Speech.Client;

/// <summary>When the characters of a text are spoken. The three lists have the same length.</summary>
/// <param name="characters">The characters in order. Each may have several UTF-16 units.</param>
/// <param name="starts">When each character starts, in seconds from the start of the audio.</param>
/// <param name="ends">When each character ends, in seconds.</param>
internal sealed class CharacterTimes(IReadOnlyList<string> characters, IReadOnlyList<double> starts, IReadOnlyList<double> ends) : AIContent
{
    public IReadOnlyList<string> Characters { get; } = characters;

    public IReadOnlyList<double> Starts { get; } = starts;

    public IReadOnlyList<double> Ends { get; } = ends;
}
