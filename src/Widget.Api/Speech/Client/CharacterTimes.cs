using Microsoft.Extensions.AI;

namespace Widget.Api.Speech.Client;

/// <summary>When characters of a text are spoken, as they come with its sound: all three lists have the same length.</summary>
/// <param name="characters">In the text's order; each may be more than one UTF-16 unit.</param>
/// <param name="starts">Seconds from the beginning of the sound.</param>
/// <param name="ends">Seconds.</param>
internal sealed class CharacterTimes(IReadOnlyList<string> characters, IReadOnlyList<double> starts, IReadOnlyList<double> ends) : AIContent
{
    public IReadOnlyList<string> Characters { get; } = characters;

    public IReadOnlyList<double> Starts { get; } = starts;

    public IReadOnlyList<double> Ends { get; } = ends;
}
