<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
<context>
    <name>CampDetector</name>
    <message>
        <location filename="../actions.py"/>
        <source>Detect dwellings…</source>
        <translation>Détecter les habitations…</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Preview on the map</source>
        <translation>Aperçu sur la carte</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Models…</source>
        <translation>Modèles…</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Runtime…</source>
        <translation>Moteur d’exécution…</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Settings…</source>
        <translation>Paramètres…</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Help</source>
        <translation>Aide</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>ONNX Runtime is not ready.</source>
        <translation>ONNX Runtime n’est pas prêt.</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>ONNX Runtime, which runs the models, is not installed.</source>
        <translation>ONNX Runtime, qui exécute les modèles, n’est pas installé.</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>{path} does not answer as a Python ({reason}): name python.exe or python3 of an environment with Camp Detector's training.</source>
        <translation>{path} ne répond pas comme un Python ({reason}) : indiquez python.exe ou python3 d’un environnement avec l’entraînement de Camp Detector.</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>Adapting needs a Python with Camp Detector's training, and none is named yet: name it under Settings &gt; Options &gt; Camp Detector.</source>
        <translation>L’adaptation demande un Python avec l’entraînement de Camp Detector, et aucun n’est encore indiqué : indiquez-le sous Préférences &gt; Options &gt; Camp Detector.</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>{path}, named as the Python with the training, is no file: name another one under Settings &gt; Options &gt; Camp Detector.</source>
        <translation>{path}, indiqué comme Python avec l’entraînement, n’est pas un fichier : indiquez-en un autre sous Préférences &gt; Options &gt; Camp Detector.</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>{path} has Camp Detector {version}, and this plugin is of {own}: give both one version, there with {command}</source>
        <translation>{path} a Camp Detector {version}, et cette extension est la {own} : donnez aux deux la même version, là-bas avec {command}</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>{path} (Python {python}) lacks {name}, so it cannot train: install the training there with {command}</source>
        <translation>{path} (Python {python}) n’a pas {name} et ne peut donc pas entraîner : installez-y l’entraînement avec {command}</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>The training of {path} cannot be loaded ({reason}): install it anew with {command}</source>
        <translation>L’entraînement de {path} ne peut pas être chargé ({reason}) : réinstallez-le avec {command}</translation>
    </message>
    <message>
        <location filename="../adapting/results.py"/>
        <source>{folder} holds files already: name a new folder, or an empty one.</source>
        <translation>{folder} contient déjà des fichiers : indiquez un nouveau dossier, ou un dossier vide.</translation>
    </message>
    <message>
        <location filename="../adapting/results.py"/>
        <source>{folder} cannot be used: {reason}</source>
        <translation>{folder} ne peut pas être utilisé : {reason}</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>The training says: {reason}</source>
        <translation>L’entraînement dit : {reason}</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>{path} cannot be started: {reason}</source>
        <translation>{path} ne peut pas être démarré : {reason}</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>stopped</source>
        <translation>arrêté</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>The system ended the training (signal {number}), mostly for want of memory: close other programs, or draw the reviewed area smaller.</source>
        <translation>Le système a mis fin à l’entraînement (signal {number}), le plus souvent par manque de mémoire : fermez d’autres programmes, ou dessinez une zone revue plus petite.</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>The training ended without the report that was expected: run it again.</source>
        <translation>L’entraînement s’est terminé sans le rapport attendu : relancez-le.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Adapt model</source>
        <translation>Adapter le modèle</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Teaches a model your place, from 50 to 150 dwellings that you corrected, in some minutes. Parts of the reviewed ground are held out in turn: only where the adapted model is better there, it is installed under Models; else the model stays as it is, and the log says so.

Give a folder of Export training data, or the layers. It runs in the Python with Camp Detector's training that is named under Settings &gt; Options &gt; Camp Detector.</source>
        <translation>Apprend votre lieu à un modèle, à partir de 50 à 150 habitations que vous avez corrigées, en quelques minutes. Des parties du terrain revu sont mises de côté tour à tour : ce n’est que si le modèle adapté y est meilleur qu’il est installé sous Modèles ; sinon le modèle reste tel quel, et le journal le dit.

Donnez un dossier d’Exporter des données d’entraînement, ou les couches. Cela s’exécute dans le Python avec l’entraînement de Camp Detector indiqué sous Préférences &gt; Options &gt; Camp Detector.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>camp,refugee,training,deep learning,adapt,fine-tune,learn</source>
        <translation>camp,réfugiés,entraînement,apprentissage profond,adapter,affiner,apprendre</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Time (minutes)</source>
        <translation>Durée (minutes)</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Starting {path}</source>
        <translation>Démarrage de {path}</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>The adapted model is installed: choose {id} where you detect.</source>
        <translation>Le modèle adapté est installé : choisissez {id} pour détecter.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Nothing was installed: go on with {id}, or correct more dwellings.</source>
        <translation>Rien n’a été installé : continuez avec {id}, ou corrigez davantage d’habitations.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Folder of Export training data</source>
        <translation>Dossier d’Exporter des données d’entraînement</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Name of the place</source>
        <translation>Nom du lieu</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Folder of report and model</source>
        <translation>Dossier du rapport et du modèle</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>True if it is better</source>
        <translation>Vrai s’il est meilleur</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Model to go on with</source>
        <translation>Modèle avec lequel continuer</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Verdict</source>
        <translation>Verdict</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>F1 of the model before</source>
        <translation>F1 du modèle d’avant</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>F1 of the model to go on with</source>
        <translation>F1 du modèle avec lequel continuer</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Give the folder of Export training data or the layers, not both.</source>
        <translation>Donnez le dossier d’Exporter des données d’entraînement ou les couches, pas les deux.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Give a folder of Export training data, or imagery and corrected dwellings.</source>
        <translation>Donnez un dossier d’Exporter des données d’entraînement, ou l’imagerie et les habitations corrigées.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Stopped, because Camp Detector is updated or removed; run it again then.</source>
        <translation>Arrêté, car Camp Detector est mis à jour ou supprimé ; relancez-le ensuite.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>{path} is no model: choose an ONNX file (.onnx), a STAC item (.json) or a package (.dlpk).</source>
        <translation>{path} n’est pas un modèle : choisissez un fichier ONNX (.onnx), un élément STAC (.json) ou un paquet (.dlpk).</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>No model is installed: add one under Plugins &gt; Camp Detector &gt; Models.</source>
        <translation>Aucun modèle n’est installé : ajoutez-en un sous Extensions &gt; Camp Detector &gt; Modèles.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Model</source>
        <translation>Modèle</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Another model file</source>
        <translation>Autre fichier de modèle</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>The algorithm was not prepared: run it again.</source>
        <translation>L’algorithme n’a pas été préparé : relancez-le.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Stopped; nothing was written.</source>
        <translation>Arrêté ; rien n’a été écrit.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Models</source>
        <translation>Modèles</translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Classify camp pixels</source>
        <translation>Classer les pixels du camp</translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Writes the class of each pixel (0 is background, 255 is no image) and, if wanted, its probability (0 to 254, with a scale of 1/254) as Cloud-Optimized GeoTIFF.

Use Detect dwellings to get polygons.</source>
        <translation>Écrit la classe de chaque pixel (0 : arrière-plan, 255 : pas d’image) et, si souhaité, sa probabilité (0 à 254, avec une échelle de 1/254) au format Cloud-Optimized GeoTIFF.

Utilisez Détecter les habitations pour obtenir des polygones.</translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>camp,refugee,tent,shelter,segmentation,deep learning,onnx</source>
        <translation>camp,réfugiés,tente,abri,segmentation,apprentissage profond,onnx</translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Say where the class raster goes.</source>
        <translation>Indiquez où enregistrer le raster des classes.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Compare two dates</source>
        <translation>Comparer deux dates</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Holds the dwellings of two dates against each other. Two are the same where the ground that both cover is at least the given part of the ground that either covers; each dwelling is matched once, the best pairs first. One without a partner is changed (split, merged or enlarged) where dwellings of the other date cover at least half of its ground; else those of the later date appeared, those of the earlier date vanished.

Both dates must show the same ground: where they do not, give polygons of the ground that both show. Imagery of two dates is often shifted by some metres: line it up first (Georeferencer), or give a lower part. Small numbers of changes can come from the detection alone: the help page has figures.</source>
        <translation>Compare les habitations de deux dates. Deux habitations sont la même si le terrain que couvrent les deux est au moins la part indiquée du terrain que couvre l’une ou l’autre ; chaque habitation est associée une seule fois, les meilleures paires d’abord. Une habitation sans partenaire a changé (divisée, fusionnée ou agrandie) si des habitations de l’autre date couvrent au moins la moitié de son terrain ; sinon, celles de la date récente sont apparues et celles de la date ancienne ont disparu.

Les deux dates doivent montrer le même terrain : sinon, donnez des polygones du terrain que montrent les deux. Les images de deux dates sont souvent décalées de quelques mètres : alignez-les d’abord (Géoréférenceur), ou donnez une part plus faible. De petits nombres de changements peuvent venir de la détection seule : la page d’aide donne des chiffres.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>camp,refugee,change,difference,damage,growth</source>
        <translation>camp,réfugiés,changement,différence,dégâts,croissance</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>(choose a layer)</source>
        <translation>(choisissez une couche)</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>{appeared} appeared, {vanished} vanished, {unchanged} stayed, changed: {before} before, {after} after</source>
        <translation>{appeared} apparues, {vanished} disparues, {unchanged} restées, changées : {before} avant, {after} après</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Changes ({counts})</source>
        <translation>Changements ({counts})</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Only inside of these polygons</source>
        <translation>Seulement à l’intérieur de ces polygones</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Of the ground that both dates show. Not set: all dwellings.</source>
        <translation>Du terrain que montrent les deux dates. Non défini : toutes les habitations.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>{layer} was given for both dates: choose the dwellings of the other date.</source>
        <translation>{layer} a été donnée pour les deux dates : choisissez les habitations de l’autre date.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>The dwellings of the two dates do not lie on the same ground: if the imagery does not either, give polygons of the ground that both show as {parameter}, or all others count as appeared or vanished.</source>
        <translation>Les habitations des deux dates ne se trouvent pas sur le même terrain : si c’est aussi le cas des images, donnez des polygones du terrain que montrent les deux comme {parameter}, sinon toutes les autres comptent comme apparues ou disparues.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Outside of the polygons and left out: {before} dwellings of the earlier date, {after} of the later date</source>
        <translation>Hors des polygones et non comptées : {before} habitations de la date ancienne, {after} de la date récente</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Dwellings of the earlier date</source>
        <translation>Habitations de la date ancienne</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Dwellings of the later date</source>
        <translation>Habitations de la date récente</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Least common part of two dwellings (0 to 1)</source>
        <translation>Part commune minimale de deux habitations (0 à 1)</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Changes</source>
        <translation>Changements</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number that appeared</source>
        <translation>Nombre d’apparues</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number that vanished</source>
        <translation>Nombre de disparues</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number of the earlier date that changed</source>
        <translation>Nombre de la date ancienne qui ont changé</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number of the later date that changed</source>
        <translation>Nombre de la date récente qui ont changé</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number that stayed</source>
        <translation>Nombre d’inchangées</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Choose the dwellings of the earlier date.</source>
        <translation>Choisissez les habitations de la date ancienne.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Not one outline differs between the two dates: see that they are not copies of one layer.</source>
        <translation>Aucun contour ne diffère entre les deux dates : vérifiez que ce ne sont pas des copies d’une même couche.</translation>
    </message>
    <message>
        <location filename="../algorithms/converting.py"/>
        <source>Fields that have another name in the format of {path}: {names}</source>
        <translation>Champs qui portent un autre nom dans le format de {path} : {names}</translation>
    </message>
    <message>
        <location filename="../algorithms/converting.py"/>
        <source>Fields that the format of {path} cannot hold: {names}</source>
        <translation>Champs que le format de {path} ne peut pas contenir : {names}</translation>
    </message>
    <message>
        <location filename="../algorithms/converting.py"/>
        <source>Texts that are longer than the format of {path} holds and were cut, by field: {names}. A GeoPackage (.gpkg) holds them.</source>
        <translation>Textes plus longs que ne le permet le format de {path} et qui ont été coupés, par champ : {names}. Un GeoPackage (.gpkg) les contient entiers.</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>hexagons {metres} m wide</source>
        <translation>hexagones de {metres} m de large</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>area {number}</source>
        <translation>zone {number}</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>hexagon {number}</source>
        <translation>hexagone {number}</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>{layer} holds {count} features, and none is a polygon or a point: choose the layer of the dwellings.</source>
        <translation>Aucune entité de {layer} (nombre : {count}) n’est un polygone ni un point : choisissez la couche des habitations.</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>Features of {layer} that are no polygon with an area and are left out: {count}</source>
        <translation>Entités de {layer} qui ne sont pas des polygones ayant une surface et sont omises : {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>The boundaries hold no polygon: choose another layer, or none.</source>
        <translation>Les limites ne contiennent aucun polygone : choisissez une autre couche, ou aucune.</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Detect dwellings</source>
        <translation>Détecter les habitations</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Finds the dwellings in drone or satellite imagery and writes them as polygons with their class, their mean probability and their area in square metres.

Choose the imagery and press Run. Map services (WMS, XYZ tiles) need an extent. A higher threshold gives fewer dwellings that are surer. Class and probability rasters are Cloud-Optimized GeoTIFF.</source>
        <translation>Trouve les habitations dans des images de drone ou de satellite et les écrit sous forme de polygones avec leur classe, leur probabilité moyenne et leur surface en mètres carrés.

Choisissez les images et appuyez sur Exécuter. Les services de carte (WMS, tuiles XYZ) exigent une emprise. Un seuil plus élevé donne moins d’habitations, mais plus sûres. Les rasters de classes et de probabilité sont au format Cloud-Optimized GeoTIFF.</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>camp,refugee,tent,shelter,building,footprint,deep learning,onnx</source>
        <translation>camp,réfugiés,tente,abri,bâtiment,emprise,apprentissage profond,onnx</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>{layer}: 1 dwelling</source>
        <translation>{layer} : 1 habitation</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>{layer}: {count} dwellings</source>
        <translation>{layer} : {count} habitations</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Number of dwellings</source>
        <translation>Nombre d’habitations</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Covered square metres</source>
        <translation>Mètres carrés couverts</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>1 dwelling</source>
        <translation>1 habitation</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>{count} dwellings</source>
        <translation>{count} habitations</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>{path}: such files are in longitude and latitude, to which the local coordinate system of the imagery does not lead: choose a GeoPackage (.gpkg).</source>
        <translation>{path} : de tels fichiers sont en longitude et latitude, auxquelles le système de coordonnées local de l’imagerie ne mène pas : choisissez un GeoPackage (.gpkg).</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Points of {layer}, which have no ground to compare and are left out: {count}</source>
        <translation>Points de {layer}, qui n’ont pas de terrain à comparer et sont omis : {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Points of {layer} that share a feature with others, each of which is counted as a dwelling: {count}</source>
        <translation>Points de {layer} qui partagent une entité avec d’autres, chacun étant compté comme une habitation : {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Features of {layer} that are no dwelling and are left out: {count} (without a geometry: {nowhere}; without an area: {flat}; lines or other shapes: {lines}; nowhere on the Earth: {beyond})</source>
        <translation>Entités de {layer} qui ne sont pas des habitations et sont omises : {count} (sans géométrie : {nowhere} ; sans surface : {flat} ; lignes ou autres formes : {lines} ; nulle part sur la Terre : {beyond})</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Polygons of {layer} inside geometry collections, which were taken: {count}</source>
        <translation>Polygones de {layer} situés dans des collections de géométries, qui ont été pris : {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Polygons of {layer} that are the same as another one, which were counted once: {count}</source>
        <translation>Polygones de {layer} identiques à un autre, qui n’ont été comptés qu’une fois : {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Dwellings of {layer} that are given as points, which are counted and have no area: {count}</source>
        <translation>Habitations de {layer} données comme points, qui sont comptées et n’ont pas de surface : {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Export training data</source>
        <translation>Exporter des données d’entraînement</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Writes a part of the imagery, the dwellings that you corrected there, and the area that you reviewed into a folder that a model is taught with: by Adapt model here, or by the command in the log on a computer with Camp Detector's training.

Detect dwellings, then correct them on a part of the imagery: 50 to 150, of all kinds that there are. Draw the area in which none is missing any more; beyond it nothing is known, and nothing counts.</source>
        <translation>Écrit une partie de l’imagerie, les habitations que vous y avez corrigées et la zone que vous avez revue dans un dossier avec lequel on apprend à un modèle : par Adapter le modèle ici, ou par la commande du journal sur un ordinateur avec l’entraînement de Camp Detector.

Détectez les habitations, puis corrigez-les sur une partie de l’imagerie : 50 à 150, de toutes les sortes qu’il y a. Dessinez la zone dans laquelle il n’en manque plus aucune ; au-delà rien n’est connu, et rien ne compte.</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>camp,refugee,training,labels,deep learning,adapt,fine-tune</source>
        <translation>camp,réfugiés,entraînement,étiquettes,apprentissage profond,adapter,affiner</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>The training data lie in {folder}</source>
        <translation>Les données d’entraînement sont dans {folder}</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Teach the model with Adapt model, or on any computer with:</source>
        <translation>Apprenez-les au modèle par Adapter le modèle, ou sur n’importe quel ordinateur avec :</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Replace an earlier export in the folder</source>
        <translation>Remplacer une exportation antérieure dans le dossier</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Folder</source>
        <translation>Dossier</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Reviewed hectares</source>
        <translation>Hectares revus</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Command that teaches a model</source>
        <translation>Commande qui apprend à un modèle</translation>
    </message>
    <message>
        <location filename="../algorithms/features.py"/>
        <source>{layer} holds geometry collections, to which QGIS gives no coordinate system: turn them into polygons first.</source>
        <translation>{layer} contient des collections de géométries, auxquelles QGIS ne donne pas de système de coordonnées : convertissez-les d’abord en polygones.</translation>
    </message>
    <message>
        <location filename="../algorithms/features.py"/>
        <source>{layer} has no coordinate system, so that areas on the ground are unknown: set it in the layer's properties.</source>
        <translation>{layer} n’a pas de système de coordonnées, les surfaces au sol sont donc inconnues : définissez-le dans les propriétés de la couche.</translation>
    </message>
    <message>
        <location filename="../algorithms/features.py"/>
        <source>Outlines of {layer} that have no place in the other layer's coordinate system and are left out: {count}. Look at its coordinate system.</source>
        <translation>Contours de {layer} qui n’ont pas de place dans le système de coordonnées de l’autre couche et sont omis : {count}. Vérifiez son système de coordonnées.</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Imagery around the area (m)</source>
        <translation>Imagerie autour de la zone (m)</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Of layers without a file, such as a WMS. Files are copied as they are.</source>
        <translation>Pour les couches sans fichier, comme un WMS. Les fichiers sont copiés tels quels.</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Numbers such as 3,2,1, in the model's order. Not set: all but alpha.</source>
        <translation>Des numéros comme 3,2,1, dans l’ordre du modèle. Sans valeur : toutes sauf alpha.</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Corrected dwellings</source>
        <translation>Habitations corrigées</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Reviewed area, in which no dwelling is missing</source>
        <translation>Zone revue, dans laquelle aucune habitation ne manque</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Field with the class of each dwelling</source>
        <translation>Champ de la classe de chaque habitation</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Credit that imagery or dwellings ask for</source>
        <translation>Mention que demandent l’imagerie ou les habitations</translation>
    </message>
    <message>
        <location filename="../algorithms/inputs.py"/>
        <source>{path} is an input of this run: choose another name for the output.</source>
        <translation>{path} est une entrée de ce traitement : choisissez un autre nom pour le résultat.</translation>
    </message>
    <message>
        <location filename="../algorithms/mask.py"/>
        <source>The layer of {parameter} has no polygon: choose another one, or none.</source>
        <translation>La couche {parameter} n’a aucun polygone : choisissez-en une autre, ou aucune.</translation>
    </message>
    <message>
        <location filename="../algorithms/matching.py"/>
        <source>{layer} holds no outline of a dwelling, only points, lines or empty features, whose ground cannot be compared: choose a layer of polygons.</source>
        <translation>{layer} ne contient aucun contour d’habitation, seulement des points, des lignes ou des entités vides, dont le terrain ne peut être comparé : choisissez une couche de polygones.</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Model information</source>
        <translation>Informations sur le modèle</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Says what a model is made for: bands, resolution, classes, accuracy, licence, and who must be named when results are published. Nothing is run.</source>
        <translation>Indique ce pour quoi un modèle est fait : bandes, résolution, classes, précision, licence, et qui doit être cité quand des résultats sont publiés. Rien n’est exécuté.</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Purpose</source>
        <translation>Usage</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>File</source>
        <translation>Fichier</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Size</source>
        <translation>Taille</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Checksum</source>
        <translation>Somme de contrôle</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Page</source>
        <translation>Page</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Name and version</source>
        <translation>Nom et version</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Metres a pixel</source>
        <translation>Mètres par pixel</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Threshold</source>
        <translation>Seuil</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>m</source>
        <translation>m</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>m²</source>
        <translation>m²</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>pixels</source>
        <translation>pixels</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Give {form}.</source>
        <translation>Indiquez {form}.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>{word} is {meaning}.</source>
        <translation>{word} : {meaning}.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Not set: {unset}.</source>
        <translation>Non défini : {unset}.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>There is no device {name}: choose one of {known} as {parameter}.</source>
        <translation>Il n’y a pas de processeur {name} : choisissez-en un parmi {known} comme {parameter}.</translation>
    </message>
    <message>
        <location filename="../algorithms/outlines.py"/>
        <source>{layer} holds outlines that lie nowhere on the Earth: look at its coordinate system.</source>
        <translation>{layer} contient des contours qui ne se trouvent nulle part sur Terre : vérifiez son système de coordonnées.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>A dwelling belongs to the area that holds its centre, and to one alone.</source>
        <translation>Une habitation appartient à la zone qui contient son centre, et à elle seule.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>North is up; the bar is {metres} m long.</source>
        <translation>Le nord est en haut ; la barre mesure {metres} m.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>And {count} more, which are in the layer.</source>
        <translation>Et {count} de plus, qui sont dans la couche.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>No.</source>
        <translation>N°</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Area</source>
        <translation>Zone</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Dwellings</source>
        <translation>Habitations</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Covered m²</source>
        <translation>m² couverts</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Mean m²</source>
        <translation>m² en moyenne</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Hectares</source>
        <translation>Hectares</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Per hectare</source>
        <translation>Par hectare</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Covered %</source>
        <translation>% couvert</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Summary of a camp</source>
        <translation>Résumé d’un camp</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Date of this page</source>
        <translation>Date de cette page</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Layer of dwellings</source>
        <translation>Couche d’habitations</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Counted in</source>
        <translation>Comptées dans</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>The model is not installed here: ask who made the layer.</source>
        <translation>Le modèle n’est pas installé ici : demandez à l’auteur de la couche.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>{path} cannot be written: {reason}</source>
        <translation>{path} ne peut pas être écrit : {reason}</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>The numbers are those of the table; small areas show none.</source>
        <translation>Les numéros sont ceux du tableau ; les petites zones n’en portent pas.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>To be named where these figures are published</source>
        <translation>À citer là où ces chiffres sont publiés</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>not stated</source>
        <translation>non indiqué</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Licence</source>
        <translation>Licence</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>To be credited</source>
        <translation>À créditer</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Dwellings a hectare</source>
        <translation>Habitations par hectare</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>nobody</source>
        <translation>personne</translation>
    </message>
    <message>
        <location filename="../algorithms/requests.py"/>
        <source>{path} cannot be read as imagery: choose a raster layer or file.</source>
        <translation>{path} ne peut pas être lu comme imagerie : choisissez une couche raster ou un fichier raster.</translation>
    </message>
    <message>
        <location filename="../algorithms/requests.py"/>
        <source>{parameter} is empty: choose another one, or leave it out.</source>
        <translation>{parameter} est vide : choisissez-en une autre, ou n’en donnez pas.</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Threshold {threshold}, minimum area {area} m², tile overlap {overlap} pixels</source>
        <translation>Seuil {threshold}, surface minimale {area} m², recouvrement des tuiles {overlap} pixels</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Looked at: {width} x {height} pixels of {gsd} m; tiles: {tiles}, of them empty: {skipped}</source>
        <translation>Examiné : {width} x {height} pixels de {gsd} m ; tuiles : {tiles}, dont vides : {skipped}</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Threshold {threshold}, tile overlap {overlap} pixels</source>
        <translation>Seuil {threshold}, recouvrement des tuiles {overlap} pixels</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>There is no valid pixel where dwellings were looked for.</source>
        <translation>Il n’y a aucun pixel valide là où des habitations ont été cherchées.</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>{layer}: classes</source>
        <translation>{layer} : classes</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>{layer}: probability</source>
        <translation>{layer} : probabilité</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Summarise camp</source>
        <translation>Résumer le camp</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Counts dwellings, the ground that they cover, their mean size and their density, in each polygon of a layer or, without one, in hexagons. A dwelling belongs to the area that holds its centre, and to one alone, so totals add up. Points are counted as well; the ground that they cover is not known. The boundaries' own fields are kept; hexagons without dwellings are left out. The report is a page to print: a picture with numbered areas, a table, and who must be named.</source>
        <translation>Compte les habitations, le terrain qu’elles couvrent, leur taille moyenne et leur densité, dans chaque polygone d’une couche ou, sans couche, dans des hexagones. Une habitation appartient à la zone qui contient son centre, et à elle seule, de sorte que les totaux sont exacts. Les points sont comptés aussi ; le terrain qu’ils couvrent est inconnu. Les champs propres des limites sont conservés ; les hexagones sans habitations sont omis. Le rapport est une page à imprimer : une image avec des zones numérotées, un tableau, et qui doit être cité.</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>camp,refugee,statistics,density,count,report,hexagon</source>
        <translation>camp,réfugiés,statistiques,densité,comptage,rapport,hexagone</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Summary ({count})</source>
        <translation>Résumé ({count})</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Dwellings (polygons or points)</source>
        <translation>Habitations (polygones ou points)</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Boundaries (default: hexagons)</source>
        <translation>Limites (par défaut : hexagones)</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Field with the name of each boundary</source>
        <translation>Champ avec le nom de chaque limite</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Width of the hexagons in metres</source>
        <translation>Largeur des hexagones en mètres</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Summary</source>
        <translation>Résumé</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Report</source>
        <translation>Rapport</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>{layer} was given as dwellings and as boundaries: choose other boundaries, or none.</source>
        <translation>{layer} a été donnée comme habitations et comme limites : choisissez d’autres limites, ou aucune.</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>all dwellings</source>
        <translation>toutes les habitations</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>outside of all areas</source>
        <translation>hors de toutes les zones</translation>
    </message>
    <message>
        <location filename="../algorithms/tables.py"/>
        <source>{path} cannot be written: {reason}. Is the disk full?</source>
        <translation>{path} ne peut pas être écrit : {reason}. Le disque est-il plein ?</translation>
    </message>
    <message>
        <location filename="../algorithms/tables.py"/>
        <source>{path} could not be written whole: the disk may be full, or its format not hold all outlines as a GeoPackage (.gpkg) does.</source>
        <translation>{path} n’a pas pu être écrit en entier : le disque est peut-être plein, ou son format ne contient pas tous les contours comme le fait un GeoPackage (.gpkg).</translation>
    </message>
    <message>
        <location filename="../algorithms/tables.py"/>
        <source>{path} is being changed by another program, or by an edit in QGIS: finish that first.</source>
        <translation>{path} est en cours de modification par un autre programme, ou par une édition dans QGIS : terminez-la d’abord.</translation>
    </message>
    <message>
        <location filename="../algorithms/tables.py"/>
        <source>{path} could not be written whole: is the disk full?</source>
        <translation>{path} n’a pas pu être écrit en entier : le disque est-il plein ?</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>QGIS reads {path} as another name, because of the | in it: rename it.</source>
        <translation>QGIS lit {path} comme un autre nom, à cause du | qu’il contient : renommez-le.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} must end in .tif: class and probability rasters are GeoTIFF.</source>
        <translation>{path} doit se terminer par .tif : les rasters des classes et de probabilité sont en GeoTIFF.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path}: outlines and all fields cannot be written so here; the name must end in one of {endings}.</source>
        <translation>{path} : les contours et tous les champs ne peuvent pas être écrits ainsi ici ; le nom doit se terminer par l’une des extensions {endings}.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>The name {name}... is too long for a file: choose a shorter one.</source>
        <translation>Le nom {name}... est trop long pour un fichier : choisissez-en un plus court.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is no name of a file: choose another one.</source>
        <translation>{path} n’est pas un nom de fichier : choisissez-en un autre.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>The folder {folder} does not exist: make it first.</source>
        <translation>Le dossier {folder} n’existe pas : créez-le d’abord.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is no folder: choose another name.</source>
        <translation>{path} n’est pas un dossier : choisissez un autre nom.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>Nothing may be written to {folder}: choose another folder.</source>
        <translation>Impossible d’écrire dans {folder} : choisissez un autre dossier.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} may not be changed: choose another name.</source>
        <translation>{path} ne peut pas être modifié : choisissez un autre nom.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} cannot be opened to add a table: choose another file.</source>
        <translation>{path} ne peut pas être ouvert pour y ajouter une table : choisissez un autre fichier.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is named for two results: give each its own file.</source>
        <translation>{path} est indiqué pour deux résultats : donnez à chacun son propre fichier.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is a symbolic link: name the file that it leads to, or another one.</source>
        <translation>{path} est un lien symbolique : indiquez le fichier auquel il mène, ou un autre.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is a folder: name a file in it.</source>
        <translation>{path} est un dossier : indiquez un fichier dans ce dossier.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is a device or a pipe: choose another name.</source>
        <translation>{path} est un périphérique ou un tube : choisissez un autre nom.</translation>
    </message>
    <message>
        <location filename="../algorithms/writing.py"/>
        <source>The results cannot be put in place: close what has an earlier result of the same name open, such as a layer of the project ({reason})</source>
        <translation>Les résultats ne peuvent pas être mis en place : fermez ce qui garde ouvert un résultat antérieur du même nom, comme une couche du projet ({reason})</translation>
    </message>
    <message>
        <location filename="../feedback.py"/>
        <source>Tile {done} of {total}</source>
        <translation>Tuile {done} sur {total}</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Models: {count}.</source>
        <translation>Modèles : {count}.</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Camp Detector: models of a catalogue</source>
        <translation>Camp Detector : modèles d’un catalogue</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>STAC catalogue: a file, or https://…/catalog.json</source>
        <translation>Catalogue STAC : un fichier, ou https://…/catalog.json</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>File…</source>
        <translation>Fichier…</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Open</source>
        <translation>Ouvrir</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>The network is used only when you press Open or Download.</source>
        <translation>Le réseau n’est utilisé que lorsque vous appuyez sur Ouvrir ou Télécharger.</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Download and add</source>
        <translation>Télécharger et ajouter</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Stop</source>
        <translation>Arrêter</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>{count} left out: {why}</source>
        <translation>{count} écartés : {why}</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>A STAC catalogue</source>
        <translation>Un catalogue STAC</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>STAC catalogue (*.json)</source>
        <translation>Catalogue STAC (*.json)</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Reading the catalogue</source>
        <translation>Lecture du catalogue</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Downloading {name}</source>
        <translation>Téléchargement de {name}</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Stopped.</source>
        <translation>Arrêté.</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>{name} was added; its checksum was verified.</source>
        <translation>{name} a été ajouté ; sa somme de contrôle a été vérifiée.</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>not known</source>
        <translation>inconnue</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>{name} is already there.</source>
        <translation>{name} est déjà là.</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>in the folder {place}</source>
        <translation>dans le dossier {place}</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>longitude {west} to {east}, latitude {south} to {north}</source>
        <translation>longitude {west} à {east}, latitude {south} à {north}</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Accuracy, test</source>
        <translation>Précision, test</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Accuracy, validation</source>
        <translation>Précision, validation</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>dwellings</source>
        <translation>habitations</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Training area</source>
        <translation>Zone d’entraînement</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Origin</source>
        <translation>Origine</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>came with the plugin</source>
        <translation>fourni avec l’extension</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>added from {place}</source>
        <translation>ajouté depuis {place}</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>shown on the map</source>
        <translation>affichée sur la carte</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Accuracy</source>
        <translation>Précision</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Models (*.onnx *.dlpk *.json)</source>
        <translation>Modèles (*.onnx *.dlpk *.json)</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Camp Detector: models</source>
        <translation>Camp Detector : modèles</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Add a file…</source>
        <translation>Ajouter un fichier…</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Add a folder…</source>
        <translation>Ajouter un dossier…</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>From a catalogue…</source>
        <translation>Depuis un catalogue…</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Remove</source>
        <translation>Supprimer</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Use by default</source>
        <translation>Utiliser par défaut</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Zoom to training area</source>
        <translation>Zoomer sur la zone d’entraînement</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Add a model</source>
        <translation>Ajouter un modèle</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>A folder with models</source>
        <translation>Un dossier de modèles</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Remove {name} from this computer?</source>
        <translation>Supprimer {name} de cet ordinateur ?</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>{name} (default)</source>
        <translation>{name} (par défaut)</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>{name} was removed.</source>
        <translation>{name} a été supprimé.</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>There is no model yet: add a file.</source>
        <translation>Il n’y a pas encore de modèle : ajoutez un fichier.</translation>
    </message>
    <message>
        <location filename="../gui/options.py"/>
        <source>Default device</source>
        <translation>Processeur par défaut</translation>
    </message>
    <message>
        <location filename="../gui/options.py"/>
        <source>Of the preview, and the first choice in the algorithms.</source>
        <translation>Celui de l’aperçu, et le premier choix dans les algorithmes.</translation>
    </message>
    <message>
        <location filename="../gui/options.py"/>
        <source>Default model</source>
        <translation>Modèle par défaut</translation>
    </message>
    <message>
        <location filename="../gui/options.py"/>
        <source>Folders with models</source>
        <translation>Dossiers de modèles</translation>
    </message>
    <message>
        <location filename="../gui/preview.py"/>
        <source>{layer} is not on the map: zoom to the layer.</source>
        <translation>{layer} n’est pas sur la carte : zoomez sur la couche.</translation>
    </message>
    <message>
        <location filename="../gui/preview.py"/>
        <source>The map shows {million} million pixels of the model, too many for a preview (at most {most}): zoom in.</source>
        <translation>La carte montre {million} millions de pixels du modèle, trop pour un aperçu (au plus {most}) : zoomez.</translation>
    </message>
    <message>
        <location filename="../gui/preview.py"/>
        <source>The map shows no place that {layer} knows: zoom to the layer.</source>
        <translation>La carte ne montre aucun lieu que {layer} connaisse : zoomez sur la couche.</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Dwellings on the visible map at threshold {threshold}: {count}, covering {area} m².</source>
        <translation>Habitations sur la carte visible au seuil {threshold} : {count}, couvrant {area} m².</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Camp Detector: preview</source>
        <translation>Camp Detector : aperçu</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Preview the visible map</source>
        <translation>Aperçu de la carte visible</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Clear</source>
        <translation>Effacer</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Detect in the whole layer…</source>
        <translation>Détecter dans toute la couche…</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Layer</source>
        <translation>Couche</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Previewing {layer}</source>
        <translation>Aperçu de {layer}</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>This layer has no end, so the dialog opens with the extent of the map.</source>
        <translation>Cette couche n’a pas de fin : la fenêtre s’ouvre donc avec l’emprise de la carte.</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Choose a raster layer and a model.</source>
        <translation>Choisissez une couche raster et un modèle.</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Drawing dwellings</source>
        <translation>Dessin des habitations</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Detect in the visible map…</source>
        <translation>Détecter dans la carte visible…</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: probability</source>
        <translation>Aperçu : probabilité</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: dwellings</source>
        <translation>Aperçu : habitations</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: 1 dwelling</source>
        <translation>Aperçu : 1 habitation</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: {count} dwellings</source>
        <translation>Aperçu : {count} habitations</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>below {value}</source>
        <translation>moins de {value}</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>from {value}</source>
        <translation>à partir de {value}</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>near 1</source>
        <translation>près de 1</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Remove Camp Detector's ONNX Runtime?</source>
        <translation>Supprimer l’ONNX Runtime de Camp Detector ?</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>ONNX Runtime, which runs the models, cannot be loaded ({reason}): install it anew.</source>
        <translation>ONNX Runtime, qui exécute les modèles, ne peut pas être chargé ({reason}) : réinstallez-le.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>I agree that it is fetched from the Python Package Index (about 30 MB) and installed for Camp Detector alone.</source>
        <translation>J’accepte qu’il soit téléchargé depuis le Python Package Index (environ 30 Mo) et installé pour Camp Detector seulement.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Download and install</source>
        <translation>Télécharger et installer</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Install from a wheel file…</source>
        <translation>Installer depuis un fichier wheel…</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>It goes into a folder of your QGIS profile. QGIS' own Python and its numpy are left as they are, and it counts only after it has worked beside them.</source>
        <translation>Il est placé dans un dossier de votre profil QGIS. Le Python de QGIS et son numpy restent tels quels, et il ne compte qu’après avoir fonctionné à leurs côtés.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Install</source>
        <translation>Installer</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Processor</source>
        <translation>Processeur</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Without a network: this line gets the wheel file for this QGIS on another computer that has Python.</source>
        <translation>Sans réseau : cette ligne obtient le fichier wheel pour ce QGIS sur un autre ordinateur qui a Python.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>ONNX Runtime {version} is ready.</source>
        <translation>ONNX Runtime {version} est prêt.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>numpy of QGIS: {version}</source>
        <translation>numpy de QGIS : {version}</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Installing ONNX Runtime</source>
        <translation>Installation d’ONNX Runtime</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>A wheel of ONNX Runtime</source>
        <translation>Un wheel d’ONNX Runtime</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Python wheel (*.whl)</source>
        <translation>Wheel Python (*.whl)</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Camp Detector: runtime</source>
        <translation>Camp Detector : moteur d’exécution</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Camp Detector's own</source>
        <translation>celui de Camp Detector</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>of QGIS' Python</source>
        <translation>celui du Python de QGIS</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Loaded from: {folder} ({where})</source>
        <translation>Chargé depuis : {folder} ({where})</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Processors: {names}</source>
        <translation>Processeurs : {names}</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>ONNX Runtime {version} is installed.</source>
        <translation>ONNX Runtime {version} est installé.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Processor (CPU); works everywhere</source>
        <translation>Processeur (CPU) ; fonctionne partout</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Any GPU of Windows (DirectML)</source>
        <translation>Tout GPU sous Windows (DirectML)</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>NVIDIA GPU; needs CUDA and cuDNN (about 200 MB)</source>
        <translation>GPU NVIDIA ; exige CUDA et cuDNN (environ 200 Mo)</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Stopped; nothing was changed.</source>
        <translation>Arrêté ; rien n’a été changé.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Removed; what is loaded goes on until QGIS is closed.</source>
        <translation>Supprimé ; ce qui est chargé reste jusqu’à la fermeture de QGIS.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Start QGIS again to use it.</source>
        <translation>Redémarrez QGIS pour l’utiliser.</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>python.exe or python3 of an environment</source>
        <translation>python.exe ou python3 d’un environnement</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Camp Detector {version} is there: it can adapt.</source>
        <translation>Camp Detector {version} est là : il peut adapter.</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>A Python</source>
        <translation>Un Python</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Python with the training, for Adapt model</source>
        <translation>Python avec l’entraînement, pour Adapter le modèle</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Browse…</source>
        <translation>Parcourir…</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Check</source>
        <translation>Vérifier</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Only needed to adapt models. It is a Python of its own, not that of QGIS, in which Camp Detector is installed with its training.</source>
        <translation>Nécessaire seulement pour adapter des modèles. C’est un Python à part, pas celui de QGIS, dans lequel Camp Detector est installé avec son entraînement.</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Looking at a Python</source>
        <translation>Examen d’un Python</translation>
    </message>
    <message>
        <location filename="../gui/work.py"/>
        <source>Something unexpected went wrong ({kind}); the log messages panel, tab Camp Detector, holds the details.</source>
        <translation>Une erreur inattendue s’est produite ({kind}) ; les détails sont dans le panneau des messages du journal, onglet Camp Detector.</translation>
    </message>
    <message>
        <location filename="../jobs.py"/>
        <source>Model {id} on {where}</source>
        <translation>Modèle {id} sur {where}</translation>
    </message>
    <message>
        <location filename="../lattices.py"/>
        <source>{layer} does not say where it ends: choose an extent.</source>
        <translation>{layer} n’indique pas où elle finit : choisissez une emprise.</translation>
    </message>
    <message>
        <location filename="../lattices.py"/>
        <source>The extent reaches beyond all places that {layer} can have: choose one that holds the camp.</source>
        <translation>L’emprise dépasse tous les lieux que {layer} peut avoir : choisissez-en une qui contient le camp.</translation>
    </message>
    <message>
        <location filename="../lattices.py"/>
        <source>{layer} has pixels of {finest} m at best, too coarse for {wanted} m: small things are not in the picture. Choose finer imagery, or give {finest} as {parameter} to run it all the same.</source>
        <translation>{layer} a au mieux des pixels de {finest} m, trop grossiers pour {wanted} m : les petits objets n’y figurent pas. Choisissez une imagerie plus fine, ou indiquez {finest} comme {parameter} pour continuer malgré tout.</translation>
    </message>
    <message>
        <location filename="../lattices.py"/>
        <source>The extent holds no part of {layer}: choose another.</source>
        <translation>L'emprise ne contient aucune partie de {layer} : choisissez-en une autre.</translation>
    </message>
    <message>
        <location filename="../layers.py"/>
        <source>The raster layer cannot be read: load it again.</source>
        <translation>La couche raster ne peut pas être lue : rechargez-la.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} is no STAC catalogue, collection or item.</source>
        <translation>{place} n’est ni un catalogue, ni une collection, ni un élément STAC.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>The catalogue gives no SHA-256 for {name}, so it cannot be told whether the file is whole: ask its publisher.</source>
        <translation>Le catalogue ne donne pas de SHA-256 pour {name}, on ne peut donc pas savoir si le fichier est entier : demandez à son éditeur.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} is not the file that the catalogue describes (its checksum differs): it was not added.</source>
        <translation>{place} n’est pas le fichier que décrit le catalogue (sa somme de contrôle diffère) : il n’a pas été ajouté.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} and its catalogue describe different models.</source>
        <translation>{place} et son catalogue décrivent des modèles différents.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} is no model of Camp Detector.</source>
        <translation>{place} n’est pas un modèle de Camp Detector.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} leads to {href}, which does not lie in the catalogue.</source>
        <translation>{place} mène à {href}, qui ne se trouve pas dans le catalogue.</translation>
    </message>
    <message>
        <location filename="../models/installed.py"/>
        <source>{path} has changed since it was added (its checksum differs): remove the model and add it again.</source>
        <translation>{path} a changé depuis son ajout (sa somme de contrôle diffère) : supprimez le modèle et ajoutez-le de nouveau.</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>none</source>
        <translation>aucun</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>There is no model {name} (there are: {known}): add it under Plugins &gt; Camp Detector &gt; Models, or give its file as “Another model file” (MODEL_FILE).</source>
        <translation>Il n’y a pas de modèle {name} (il y a : {known}) : ajoutez-le sous Extensions &gt; Camp Detector &gt; Modèles, ou indiquez son fichier comme « Autre fichier de modèle » (MODEL_FILE).</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>{name} was not added here, so it is not removed here.</source>
        <translation>{name} n’a pas été ajouté ici, il n’est donc pas supprimé ici.</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>The model could not be stored in {folder}: {reason}</source>
        <translation>Le modèle n’a pas pu être enregistré dans {folder} : {reason}</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>{name} could not be removed: {reason}</source>
        <translation>{name} n’a pas pu être supprimé : {reason}</translation>
    </message>
    <message>
        <location filename="../models/network.py"/>
        <source>{url} could not be fetched: {reason}</source>
        <translation>{url} n’a pas pu être récupéré : {reason}</translation>
    </message>
    <message>
        <location filename="../models/network.py"/>
        <source>{url} is no address of a web page.</source>
        <translation>{url} n’est pas une adresse du Web.</translation>
    </message>
    <message>
        <location filename="../plugin.py"/>
        <source>A run of Camp Detector does not stop: start QGIS again.</source>
        <translation>Un traitement de Camp Detector ne s'arrête pas : redémarrez QGIS.</translation>
    </message>
    <message>
        <location filename="../provider.py"/>
        <source>Camp Detector: dwellings in drone and satellite imagery</source>
        <translation>Camp Detector : habitations dans des images de drone et de satellite</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>parts of it are missing</source>
        <translation>il en manque des parties</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>ONNX Runtime was fetched but does not work with this QGIS: {reason}</source>
        <translation>ONNX Runtime a été récupéré mais ne fonctionne pas avec ce QGIS : {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>This would put numpy {other} in the place of QGIS' numpy {own}, so it was not installed.</source>
        <translation>Cela mettrait numpy {other} à la place du numpy {own} de QGIS ; il n’a donc pas été installé.</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>ONNX Runtime could not be tried out: {reason}</source>
        <translation>ONNX Runtime n’a pas pu être essayé : {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>it gave a wrong result</source>
        <translation>il a donné un résultat faux</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>{device} cannot be used ({reason}), so the model runs on the processor.</source>
        <translation>{device} ne peut pas être utilisé ({reason}), le modèle est donc exécuté sur le processeur.</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>this ONNX Runtime is not made for it</source>
        <translation>cet ONNX Runtime n’est pas fait pour lui</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>its driver or a library is missing</source>
        <translation>son pilote ou une bibliothèque manque</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>Automatic: a GPU where there is one</source>
        <translation>Automatique : un GPU s’il y en a un</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>Processor (CPU)</source>
        <translation>Processeur (CPU)</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>NVIDIA GPU (CUDA)</source>
        <translation>GPU NVIDIA (CUDA)</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>GPU through DirectML</source>
        <translation>GPU par DirectML</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>Apple GPU (Core ML)</source>
        <translation>GPU Apple (Core ML)</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>ONNX Runtime wants the Python package {name}, which this QGIS lacks: install another version.</source>
        <translation>ONNX Runtime demande le paquet Python {name}, qui manque à ce QGIS : installez une autre version.</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>Trying it out beside QGIS' numpy</source>
        <translation>Essai à côté du numpy de QGIS</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>Fetching {name}</source>
        <translation>Récupération de {name}</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>Unpacking {name}</source>
        <translation>Décompression de {name}</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>The installation was stopped.</source>
        <translation>L’installation a été arrêtée.</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>{folder} cannot be written: {reason}</source>
        <translation>{folder} ne peut pas être écrit : {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>What was fetched brings {name}, which belongs to QGIS, so it was not installed.</source>
        <translation>Ce qui a été récupéré apporte {name}, qui appartient à QGIS ; il n’a donc pas été installé.</translation>
    </message>
    <message>
        <location filename="../runtime/loading.py"/>
        <source>ONNX Runtime, which runs the models, is not installed: install it under Plugins &gt; Camp Detector &gt; Runtime.</source>
        <translation>ONNX Runtime, qui exécute les modèles, n’est pas installé : installez-le sous Extensions &gt; Camp Detector &gt; Moteur d’exécution.</translation>
    </message>
    <message>
        <location filename="../runtime/loading.py"/>
        <source>ONNX Runtime, which runs the models, cannot be loaded ({reason}): install it anew under Plugins &gt; Camp Detector &gt; Runtime.</source>
        <translation>ONNX Runtime, qui exécute les modèles, ne peut pas être chargé ({reason}) : réinstallez-le sous Extensions &gt; Camp Detector &gt; Moteur d’exécution.</translation>
    </message>
    <message>
        <location filename="../runtime/offline.py"/>
        <source>{name} is for {theirs} and this QGIS needs {own}: get the wheel with the line that Plugins &gt; Camp Detector &gt; Runtime shows.</source>
        <translation>{name} est fait pour {theirs} et ce QGIS a besoin de {own} : obtenez le fichier wheel avec la ligne que montre Extensions &gt; Camp Detector &gt; Moteur d’exécution.</translation>
    </message>
    <message>
        <location filename="../runtime/pip.py"/>
        <source>QGIS' Python has no pip to fetch {what} with: choose a wheel file.</source>
        <translation>Le Python de QGIS n’a pas de pip pour récupérer {what} : choisissez un fichier wheel.</translation>
    </message>
    <message>
        <location filename="../runtime/pip.py"/>
        <source>{what} could not be fetched; pip says: {reason}</source>
        <translation>{what} n’a pas pu être récupéré ; pip indique : {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/pip.py"/>
        <source>QGIS' Python could not be started: {reason}</source>
        <translation>Le Python de QGIS n’a pas pu être démarré : {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/python.py"/>
        <source>The Python program of this QGIS was not found beside it, so nothing can be tried out: install onnxruntime with the installer of QGIS.</source>
        <translation>Le programme Python de ce QGIS n’a pas été trouvé à ses côtés, rien ne peut donc être essayé : installez onnxruntime avec l’installateur de QGIS.</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>{path} is damaged, or no wheel: {reason}</source>
        <translation>{path} est endommagé, ou n’est pas un wheel : {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>{path} is no wheel of ONNX Runtime: choose a file onnxruntime-….whl</source>
        <translation>{path} n’est pas un wheel d’ONNX Runtime : choisissez un fichier onnxruntime-….whl</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>it unpacks to too much</source>
        <translation>son contenu décompressé est trop grand</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>a file in it leads out of its folder</source>
        <translation>un fichier y mène hors de son dossier</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>it holds a link</source>
        <translation>il contient un lien</translation>
    </message>
    <message>
        <location filename="../server_errors.py"/>
        <source>{layer} gave no imagery here: check the connection and the extent, then run it again.</source>
        <translation>{layer} n’a donné aucune image ici : vérifiez la connexion et l’emprise, puis relancez.</translation>
    </message>
    <message>
        <location filename="../server_errors.py"/>
        <source>{missing} of {count} map tiles or pictures do not exist on the server.</source>
        <translation>{missing} tuiles ou images sur {count} n'existent pas sur le serveur.</translation>
    </message>
    <message>
        <location filename="../server_errors.py"/>
        <source>{share} % of the imagery is empty: the layer has no pixels there. No dwelling is found there; look at the layer, and run it again if there should be some.</source>
        <translation>{share} % de l'imagerie est vide : la couche n'y a pas de pixels. Aucune habitation n'y est trouvée ; regardez la couche, et relancez s'il devrait y en avoir.</translation>
    </message>
    <message>
        <location filename="../server_errors.py"/>
        <source>QGIS does not say why some of the imagery is missing: it may not exist, or the server refused it. Look at the log messages, tab WMS.</source>
        <translation>QGIS ne dit pas pourquoi une partie de l'imagerie manque : elle n'existe peut-être pas, ou le serveur l'a refusée. Voyez le journal des messages, onglet WMS.</translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>the layer {name}</source>
        <translation>la couche {name}</translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>{layer} would have {width} x {height} pixels: choose an extent that holds the camp.</source>
        <translation>{layer} aurait {width} x {height} pixels : choisissez une emprise qui contient le camp.</translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>The value {x} is no image, as the layer says.</source>
        <translation>La valeur {x} n’est pas de l’image, comme le dit la couche.</translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>{name} cannot be opened ({reason}): load the layer again.</source>
        <translation>{name} ne peut pas être ouvert ({reason}) : rechargez la couche.</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>appeared</source>
        <translation>apparue</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>vanished</source>
        <translation>disparue</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>changed (split, merged or enlarged)</source>
        <translation>changée (divisée, fusionnée ou agrandie)</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>unchanged</source>
        <translation>inchangée</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>background</source>
        <translation>arrière-plan</translation>
    </message>
    <message>
        <location filename="../tiles/store.py"/>
        <source>a map tile is no picture, or damaged</source>
        <translation>une tuile n'est pas une image, ou est endommagée</translation>
    </message>
    <message>
        <location filename="../tiles/store.py"/>
        <source>The layer's tiles do not have {side} pixels a side, as it says, and were resampled: set the resolution of the tiles in the layer's connection.</source>
        <translation>Les tuiles de la couche n'ont pas {side} pixels de côté, comme elle l'indique, et ont été rééchantillonnées : réglez la résolution des tuiles dans la connexion de la couche.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>{server} did not give the imagery ({reason}): try again later, or with a smaller extent.</source>
        <translation>{server} n’a pas fourni les images ({reason}) : réessayez plus tard, ou avec une emprise plus petite.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>The server</source>
        <translation>Le serveur</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>The certificate of {server} cannot be trusted ({reason}): check the address and the clock of this computer.</source>
        <translation>Le certificat de {server} n'est pas fiable ({reason}) : vérifiez l'adresse et l'horloge de cet ordinateur.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>{server} refuses access ({reason}): the layer needs a valid key or log-in, or the imagery is not open to you.</source>
        <translation>{server} refuse l'accès ({reason}) : la couche demande une clé ou un identifiant valables, ou l'imagerie ne vous est pas ouverte.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>{server} sends {kind} in place of imagery: look with a browser whether its address is right, or a key or a log-in is missing.</source>
        <translation>{server} envoie {kind} au lieu d'images : vérifiez avec un navigateur si l'adresse est juste, ou s'il manque une clé ou un identifiant.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>it did not answer in time</source>
        <translation>il n'a pas répondu à temps</translation>
    </message>
    <message>
        <location filename="../web/exchange.py"/>
        <source>it is larger than {limit} MiB</source>
        <translation>il dépasse {limit} Mio</translation>
    </message>
    <message>
        <location filename="../web/exchange.py"/>
        <source>it leads elsewhere</source>
        <translation>elle mène ailleurs</translation>
    </message>
    <message>
        <location filename="../words.py"/>
        <source>Polygons larger than {most} m², which hardly any dwelling is: {count}. Look there first: borders and holes of one colour that the layer does not call nodata are taken for roofs; give that colour as {nodata}, or as the layer's additional no data value, to leave them out.</source>
        <translation>Polygones de plus de {most} m², ce que presque aucune habitation n’atteint : {count}. Regardez-les d’abord : des bords et des trous d’une seule couleur, que la couche ne déclare pas sans données, sont pris pour des toits ; indiquez cette couleur comme {nodata}, ou comme valeur nulle supplémentaire de la couche, pour les exclure.</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>are told apart</source>
        <translation>sont distinguées</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>are taken for one dwelling</source>
        <translation>sont prises pour une seule habitation</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>{gsd} m a pixel; other imagery is resampled</source>
        <translation>{gsd} m par pixel ; les autres images sont rééchantillonnées</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Classes</source>
        <translation>Classes</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Bands, in this order</source>
        <translation>Bandes, dans cet ordre</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Resolution</source>
        <translation>Résolution</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Tiles, overlap</source>
        <translation>Tuiles, recouvrement</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Smallest dwelling</source>
        <translation>Plus petite habitation</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Touching dwellings</source>
        <translation>Habitations contiguës</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Imagery</source>
        <translation>Images</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Imagery from above: a raster file or layer, also WMS, XYZ tiles and virtual layers. It needs the bands that the model names, and pixels about as large as those that the model was trained on; others are resampled.</source>
        <translation>Images vues du ciel : un fichier ou une couche raster, aussi WMS, tuiles XYZ et couches virtuelles. Il leur faut les bandes que le modèle nomme, et des pixels à peu près aussi grands que ceux de son entraînement ; les autres sont rééchantillonnées.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Probability raster</source>
        <translation>Raster de probabilité</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Class raster</source>
        <translation>Raster des classes</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Extent</source>
        <translation>Emprise</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>The part of the raster to work on.</source>
        <translation>La partie du raster à traiter.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Pixels whose centre lies in no polygon are taken as missing.</source>
        <translation>Les pixels dont le centre n’est dans aucun polygone sont tenus pour manquants.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Probability from which a pixel is dwelling: lower marks more ground and lets neighbours grow together, higher marks less.</source>
        <translation>Probabilité à partir de laquelle un pixel est une habitation : plus bas, davantage de terrain est marqué et des voisines se rejoignent ; plus haut, moins de terrain.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>the model's</source>
        <translation>valeur du modèle</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Minimum area</source>
        <translation>Surface minimale</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Smallest dwelling in square metres; smaller ones are left out.</source>
        <translation>Plus petite habitation en mètres carrés ; les plus petites sont écartées.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Tile size</source>
        <translation>Taille des tuiles</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Side of the tiles that the model sees, a multiple of its step (usually 32). Larger ones need more memory.</source>
        <translation>Côté des tuiles que voit le modèle, multiple de son pas (en général 32). Les plus grandes demandent plus de mémoire.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>up to the model's, as fits the imagery best</source>
        <translation>au plus celui du modèle, selon ce qui convient le mieux aux images</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Tile overlap</source>
        <translation>Recouvrement des tuiles</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Pixels that neighbouring tiles share, less than half of a tile.</source>
        <translation>Pixels que partagent des tuiles voisines, moins de la moitié d’une tuile.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Straighten outlines by</source>
        <translation>Redresser les contours de</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Straighten outlines by at most this; 0 keeps every pixel edge.</source>
        <translation>Redresser les contours d’au plus cette distance ; 0 garde chaque bord de pixel.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>one pixel</source>
        <translation>un pixel</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Square corners</source>
        <translation>Angles droits</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Make nearly rectangular outlines rectangles.</source>
        <translation>Faire des rectangles des contours presque rectangulaires.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Separate dwellings that touch</source>
        <translation>Séparer les habitations contiguës</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Separate dwellings that touch, at no cost in time; else each connected patch is one dwelling.</source>
        <translation>Séparer les habitations contiguës, sans perte de temps ; sinon chaque tache d’un seul tenant est une habitation.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Average over flips and turns</source>
        <translation>Moyenne sur symétries et rotations</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Average the answers to the 8 flips and turns of each tile (4 where tiles are not square). Takes 8 times as long, for outlines that are a little truer.</source>
        <translation>Faire la moyenne des réponses aux 8 symétries et rotations de chaque tuile (4 si les tuiles ne sont pas carrées). Prend 8 fois plus de temps, pour des contours un peu plus justes.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Bands</source>
        <translation>Bandes</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Bands of the raster in the order of the model's, e.g. 3,2,1.</source>
        <translation>Bandes du raster dans l’ordre de celles du modèle, par exemple 3,2,1.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>by name or colour, else those that the map shows, else the first ones</source>
        <translation>par nom ou couleur, sinon celles que montre la carte, sinon les premières</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Stretch</source>
        <translation>Étirement</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Raw values that become black and white.</source>
        <translation>Valeurs brutes qui deviennent le noir et le blanc.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>percentile or LOW,HIGH with LOW below HIGH</source>
        <translation>percentile ou BAS,HAUT avec BAS inférieur à HAUT</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>the 2nd and 98th percentile of the whole raster</source>
        <translation>le 2e et le 98e centile de tout le raster</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>none for the dtype of the model, else percentile</source>
        <translation>aucun pour le type de données du modèle, sinon percentile</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>NoData value</source>
        <translation>Valeur NoData</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Raw value of pixels without image, e.g. 255 for white borders.</source>
        <translation>Valeur brute des pixels sans image, par exemple 255 pour des bords blancs.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>what the raster says, and the layer's additional no data value</source>
        <translation>ce qu’indique le raster, et la valeur nulle supplémentaire de la couche</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Metres a pixel to work at.</source>
        <translation>Mètres par pixel auxquels travailler.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>the raster's own within 10 % of the model's, else the model's</source>
        <translation>celle du raster à 10 % près de celle du modèle, sinon celle du modèle</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Let the imagery read files outside of its folder</source>
        <translation>Laisser l’image lire des fichiers hors de son dossier</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Let virtual rasters and the like read files outside of their folder and servers; only for files that you trust.</source>
        <translation>Laisser les rasters virtuels et similaires lire des fichiers hors de leur dossier et des serveurs ; seulement pour des fichiers de confiance.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Device</source>
        <translation>Processeur</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>What runs the model.</source>
        <translation>Ce qui exécute le modèle.</translation>
    </message>
</context>
</TS>
