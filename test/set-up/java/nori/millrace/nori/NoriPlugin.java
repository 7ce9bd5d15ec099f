package millrace.nori;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.ko.KoreanAnalyzer;
import org.apache.lucene.analysis.ko.KoreanNumberFilter;
import org.apache.lucene.analysis.ko.KoreanPartOfSpeechStopFilter;
import org.apache.lucene.analysis.ko.KoreanReadingFormFilter;
import org.apache.lucene.analysis.ko.KoreanTokenizer;
import org.apache.lucene.analysis.ko.POS;
import org.apache.lucene.analysis.ko.dict.UserDictionary;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.index.IndexSettings;
import org.opensearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.opensearch.index.analysis.AbstractTokenFilterFactory;
import org.opensearch.index.analysis.AbstractTokenizerFactory;
import org.opensearch.index.analysis.AnalyzerProvider;
import org.opensearch.index.analysis.TokenFilterFactory;
import org.opensearch.index.analysis.TokenizerFactory;
import org.opensearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.opensearch.plugins.AnalysisPlugin;
import org.opensearch.plugins.Plugin;

/**
 * Lucene's Korean analysis under the names and settings of the stock analysis-nori plugin, which is not published as a
 * jar: user_dictionary_rules, decompound_mode, discard_punctuation, stoptags. A dictionary in a file is refused.
 */
public final class NoriPlugin extends Plugin implements AnalysisPlugin {
  @Override
  public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
    return Map.of("nori_tokenizer", NoriTokenizer::new);
  }

  @Override
  public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
    return Map.of(
        "nori_part_of_speech", PartOfSpeech::new,
        "nori_readingform", (index, env, name, settings) -> new Plain(index, name, settings) {
          @Override
          public TokenStream create(TokenStream input) {
            return new KoreanReadingFormFilter(input);
          }
        },
        "nori_number", (index, env, name, settings) -> new Plain(index, name, settings) {
          @Override
          public TokenStream create(TokenStream input) {
            return new KoreanNumberFilter(input);
          }
        });
  }

  @Override
  public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
    return Map.of("nori", Nori::new);
  }

  private static UserDictionary dictionary(Settings settings) {
    if (settings.get("user_dictionary") != null) {
      throw new IllegalArgumentException("user_dictionary is not served here: give user_dictionary_rules");
    }
    List<String> rules = settings.getAsList("user_dictionary_rules", List.of());
    if (rules.isEmpty()) return null;
    try {
      return UserDictionary.open(new StringReader(String.join("\n", rules)));
    } catch (IOException e) {
      throw new UncheckedIOException("user_dictionary_rules cannot be read", e);
    }
  }

  private static KoreanTokenizer.DecompoundMode decompounding(Settings settings) {
    String mode = settings.get("decompound_mode", KoreanTokenizer.DEFAULT_DECOMPOUND.name());
    return KoreanTokenizer.DecompoundMode.valueOf(mode.toUpperCase(Locale.ROOT));
  }

  private static Set<POS.Tag> stopTags(Settings settings) {
    List<String> tags = settings.getAsList("stoptags", null);
    if (tags == null) return KoreanPartOfSpeechStopFilter.DEFAULT_STOP_TAGS;
    return tags.stream().map(POS::resolveTag).collect(Collectors.toSet());
  }

  private abstract static class Plain extends AbstractTokenFilterFactory {
    Plain(IndexSettings index, String name, Settings settings) {
      super(index, name, settings);
    }
  }

  private static final class NoriTokenizer extends AbstractTokenizerFactory {
    private final UserDictionary words;
    private final KoreanTokenizer.DecompoundMode mode;
    private final boolean dropsPunctuation;

    NoriTokenizer(IndexSettings index, Environment env, String name, Settings settings) {
      super(index, settings, name);
      words = dictionary(settings);
      mode = decompounding(settings);
      dropsPunctuation = settings.getAsBoolean("discard_punctuation", true);
    }

    @Override
    public Tokenizer create() {
      return new KoreanTokenizer(
          TokenStream.DEFAULT_TOKEN_ATTRIBUTE_FACTORY, words, mode, false, dropsPunctuation);
    }
  }

  private static final class PartOfSpeech extends AbstractTokenFilterFactory {
    private final Set<POS.Tag> stopped;

    PartOfSpeech(IndexSettings index, Environment env, String name, Settings settings) {
      super(index, name, settings);
      stopped = stopTags(settings);
    }

    @Override
    public TokenStream create(TokenStream input) {
      return new KoreanPartOfSpeechStopFilter(input, stopped);
    }
  }

  private static final class Nori extends AbstractIndexAnalyzerProvider<KoreanAnalyzer> {
    private final KoreanAnalyzer analyzer;

    Nori(IndexSettings index, Environment env, String name, Settings settings) {
      super(index, name, settings);
      analyzer = new KoreanAnalyzer(dictionary(settings), decompounding(settings), stopTags(settings), false);
    }

    @Override
    public KoreanAnalyzer get() {
      return analyzer;
    }
  }
}
